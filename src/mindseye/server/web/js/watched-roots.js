/** The folders of the library, each with a switch that has it watched for changes. */

import { get, send } from './api.js';
import { fill, h } from './dom.js';
import { attempt } from './notice.js';

/** @typedef {{id: number, path: string, watched: boolean, sight: string, reason: string}} Root */

/** @returns {HTMLElement} */
export function watchedRoots() {
  const element = h('div', { class: 'roots' });
  void attempt(async () => fill(element, ...(await get('/roots')).map(line)));
  return element;
}

/** @param {Root} root */
function line(root) {
  const said = h('small', { class: 'faint' }, words(root));
  const onchange = () =>
    attempt(async () => {
      const body = { watched: box.checked };
      said.textContent = words(await send('PATCH', `/roots/${root.id}`, body));
    });
  const box = h('input', { type: 'checkbox', checked: root.watched, onchange });
  const label = h('label', { class: 'for-admins' }, box, ' Watch for changes');
  return h('div', { class: 'paths' }, h('code', {}, root.path), label, said);
}

/** @param {Root} root */
function words({ watched, sight, reason }) {
  if (!watched || sight === 'watching') return '';
  return reason ? `${sight}: ${reason}` : sight;
}
