/** Small panels beside what opened them: Escape or a click elsewhere closes them. */

import { h } from './dom.js';

const MARGIN = 8;

/**
 * Opens a panel below an element, or above it where there is no room.
 * @param {HTMLElement} anchor
 * @param {string} label
 * @param {...Node} children
 * @returns {HTMLElement}
 */
export function popup(anchor, label, ...children) {
  const panel = h(
    'div',
    { class: 'popup', popover: 'auto', role: 'dialog', 'aria-label': label },
    ...children,
  );
  panel.addEventListener('toggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== 'closed') return;
    if (panel.contains(document.activeElement)) anchor.focus();
    panel.remove();
  });
  (anchor.closest('dialog') ?? document.body).append(panel);
  panel.showPopover();
  place(panel, anchor.getBoundingClientRect());
  new ResizeObserver(() => place(panel, anchor.getBoundingClientRect())).observe(panel);
  /** @type {HTMLElement | null} */ (panel.querySelector('input, button, select, a'))?.focus();
  return panel;
}

/**
 * @param {HTMLElement} panel
 * @param {DOMRect} by
 */
function place(panel, by) {
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = Math.max(MARGIN, Math.min(innerWidth - width - MARGIN, by.left));
  const below = by.bottom + MARGIN;
  const top = below + height > innerHeight ? Math.max(MARGIN, by.top - height - MARGIN) : below;
  panel.style.left = `${left}px`;
  panel.style.top = `${top}px`;
}
