/** Keys that work on every page, and the list of all keys. */

import { opened } from './dialog.js';
import { h } from './dom.js';
import { toggle } from './theme.js';

/** @type {[string, string][]} */
const LISTED = [
  ['/', 'Search; so does Ctrl K'],
  ['g p', 'Photos'],
  ['g m', 'Map'],
  ['g l', 'Places'],
  ['g a', 'Albums'],
  ['g s', 'Settings'],
  ['g j', 'Jobs'],
  ['← ↑ ↓ →', 'Move among the photos'],
  ['Home End', 'The first or the last photo'],
  ['Enter', 'Open the photo'],
  ['x', 'Select; with Shift everything up to here'],
  ['Ctrl A', 'Select all'],
  ['Ctrl + -', 'Larger or smaller photos'],
  ['f', 'Favourite'],
  ['0 – 5', 'Rate'],
  ['s', 'More like this'],
  ['m', 'Where it is on the map'],
  ['Shift D', 'Download'],
  ['i', 'About the photo'],
  ['z', 'Look closer'],
  ['Space', 'The next photo; held, one after the other'],
  ['p', 'Slideshow'],
  ['l h', 'Lasso, or move the map'],
  ['t', 'Light or dark'],
  ['Esc', 'One step back'],
  ['?', 'This list'],
];

/** @type {Record<string, string>} */
const PAGES = { p: '/', m: '/map', l: '/places', a: '/albums', s: '/settings', j: '/jobs' };

/**
 * @param {(address: string) => void} go
 * @param {() => void} search moves to the search field
 */
export function listenForKeys(go, search) {
  let before = '';
  addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      search();
      return;
    }
    const busy =
      target.matches?.('input, textarea, select') || document.querySelector('dialog:modal');
    if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = before === 'g' ? PAGES[event.key] : undefined;
    before = event.key;
    /** @type {Record<string, () => void>} */
    const acts = { '/': search, t: toggle, '?': list };
    const act = page ? () => go(page) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

export function list() {
  const lines = LISTED.flatMap(([keys, what]) => [
    h('dt', {}, ...keys.split(' ').map((key) => h('kbd', {}, key))),
    h('dd', {}, what),
  ]);
  const close = h('button', { class: 'button primary' }, 'Close');
  const dialog = opened(
    'Keys',
    h('h2', {}, 'Keys'),
    h('dl', { class: 'keys' }, ...lines),
    h('div', { class: 'actions' }, h('span', { class: 'gap' }), close),
  );
  close.addEventListener('click', () => dialog.close());
}
