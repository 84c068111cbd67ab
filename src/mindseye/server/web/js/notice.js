/** Short words at the foot of the page: what was done, or why it was not. */

import { isAborted, Problem } from './api.js';
import { h } from './dom.js';

const SHOWN = 6000;

const stack = h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });
document.body.append(stack);

/**
 * @param {string} text
 * @param {{hint?: string, action?: [string, () => void], bad?: boolean}} [more] `action` is a
 *   button with its words
 */
export function tell(text, { hint = '', action, bad = false } = {}) {
  const notice = h(
    'div',
    { class: bad ? 'notice bad' : 'notice' },
    h('div', {}, h('b', {}, text), hint && h('small', {}, hint)),
  );
  if (action) {
    const [words, act] = action;
    const onclick = () => {
      notice.remove();
      act();
    };
    notice.append(h('button', { type: 'button', class: 'button', onclick }, words));
  }
  // An open dialog is above everything but what is inside of it.
  const above = document.querySelector('dialog:modal');
  (above ?? document.body).append(stack);
  above?.addEventListener('close', () => document.body.append(stack), { once: true });
  stack.append(notice);
  setTimeout(() => notice.remove(), SHOWN);
}

/**
 * Tells of a failure, unless it is only that something was no longer wanted.
 * @param {unknown} error
 */
export function failed(error) {
  if (isAborted(error)) return;
  const hint = error instanceof Problem ? error.hint : '';
  tell(error instanceof Error ? error.message : String(error), { hint, bad: true });
}

/**
 * Runs work that may fail, and tells of it.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    failed(error);
    return undefined;
  }
}
