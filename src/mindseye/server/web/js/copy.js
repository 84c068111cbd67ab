/** Text to take along: it stands in a field that is selected, with a button that copies it. */

import { h } from './dom.js';
import { tell } from './notice.js';

/**
 * @param {string} label
 * @param {string} text
 */
export function copyable(label, text) {
  const field = h('input', { class: 'copyable', 'aria-label': label, value: text, readOnly: true });
  field.addEventListener('focus', () => field.select());
  const onclick = async () => {
    field.select();
    if (await copied(text)) tell('Copied');
    else tell('Press Ctrl C to copy it');
  };
  const button = h('button', { type: 'button', class: 'button primary', onclick }, 'Copy');
  return h('div', { class: 'copying' }, field, button);
}

/**
 * Whether what is selected, which is this text, was copied.
 * @param {string} text
 */
async function copied(text) {
  // By plain http in a home network browsers give no clipboard, only the deed of old.
  if (!isSecureContext) return document.execCommand('copy');
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return document.execCommand('copy');
  }
}
