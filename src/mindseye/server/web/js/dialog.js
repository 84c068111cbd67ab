/** Dialogs with a form: a title, what is asked, Cancel and the deed. */

import { Problem } from './api.js';
import { fill, h } from './dom.js';

/**
 * Opens a form; it closes when the deed is done, and says why where it cannot be.
 * @param {object} wanted
 * @param {string} wanted.title
 * @param {import('./dom.js').Child[]} wanted.content
 * @param {string} wanted.deed words of the button
 * @param {(form: FormData) => Promise<void>} wanted.onsubmit
 * @param {Node[]} [wanted.aside] further buttons, at the left
 * @returns {HTMLDialogElement}
 */
export function ask({ title, content, deed, onsubmit, aside = [] }) {
  const trouble = h('p', { class: 'trouble', role: 'alert', hidden: true });
  const button = h('button', { class: 'button primary' }, deed);
  const cancel = h('button', { type: 'button', class: 'button' }, 'Cancel');
  const form = h(
    'form',
    { class: 'form', method: 'dialog' },
    h('h2', {}, title),
    ...content,
    trouble,
    h('div', { class: 'actions' }, ...aside, h('span', { class: 'gap' }), cancel, button),
  );
  const made = opened(title, form);
  cancel.addEventListener('click', () => made.close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await onsubmit(new FormData(form));
      made.close();
    } catch (error) {
      const hint = error instanceof Problem && error.hint ? `: ${error.hint}` : '';
      fill(trouble, `${error instanceof Error ? error.message : error}${hint}`);
      trouble.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
  return made;
}

/**
 * Opens a dialog that goes away when it is closed.
 * @param {string} label
 * @param {...Node} children
 * @returns {HTMLDialogElement}
 */
export function opened(label, ...children) {
  const made = h('dialog', { class: 'dialog', 'aria-label': label }, ...children);
  made.addEventListener('close', () => queueMicrotask(() => made.remove()));
  made.addEventListener('click', (event) => event.target === made && made.close());
  document.body.append(made);
  made.showModal();
  return made;
}

/**
 * A labelled control with a line that explains it.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string | Node} [note]
 */
export function labelled(label, control, note) {
  return h(
    'label',
    { class: 'labelled' },
    h('span', {}, label),
    control,
    note && h('small', {}, note),
  );
}
