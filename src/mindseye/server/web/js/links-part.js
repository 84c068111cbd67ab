/** Links by which guests see one album: making one, and those there are. For editors. */

import { get, send } from './api.js';
import { copyable } from './copy.js';
import { ask, labelled, opened } from './dialog.js';
import { h } from './dom.js';
import { me } from './me.js';
import { daysOf, deed, entries, entry, expiryChoice, part } from './settings-parts.js';
import { lifeOf } from './tokens-part.js';

/**
 * @typedef {object} Link
 * @property {number} id
 * @property {string} name
 * @property {number} album_id
 * @property {boolean} originals
 * @property {number} created_at
 * @property {number | null} used_at
 * @property {number | null} expires_at
 */

/** @typedef {{id: number, name: string}} Named */

/**
 * @param {() => void} reload
 * @returns {Promise<HTMLElement>}
 */
export async function linksPart(reload) {
  /** @type {[Link[], Named[]]} */
  const [links, albums] = await Promise.all([get('/links'), get('/albums')]);
  const names = new Map(albums.map(({ id, name }) => [id, name]));
  return part(
    'Shared links',
    h('p', { class: 'faint' }, 'Whoever has a link sees its album and nothing else.'),
    entries(
      'Shared links',
      links.map((link) => linkEntry(link, names.get(link.album_id), reload)),
      'Nothing is shared. An album is, by its card on the page of albums.',
    ),
  );
}

/**
 * @param {Link} link
 * @param {string | undefined} album
 * @param {() => void} reload
 */
function linkEntry(link, album, reload) {
  const title = album ?? 'An album that is gone';
  const files = link.originals ? 'with the files' : 'without the files';
  return entry(
    title,
    [link.name && `for ${link.name}`, files, ...lifeOf(link)],
    deed('Take back', () => takeBack(link, title, reload), `Take the link to ${title} back`),
  );
}

/**
 * @param {Link} link
 * @param {string} title
 * @param {() => void} reload
 */
function takeBack(link, title, reload) {
  ask({
    title: `Take the link to “${title}” back?`,
    content: [h('p', {}, 'Nobody sees the album by it any more.')],
    deed: 'Take back',
    onsubmit: async () => {
      await send('DELETE', `/links/${link.id}`);
      reload();
    },
  });
}

/**
 * Asks how an album shall be shared, and shows the link.
 * @param {Named} album
 */
export function share({ id, name }) {
  if (!me().accounts) return withoutAccounts();
  ask({
    title: `Share “${name}”`,
    content: [
      h('p', {}, 'Whoever has the link sees and searches the photos of this album.'),
      labelled('For whom', h('input', { name: 'name', maxLength: 200 }), 'Only you see this.'),
      labelled('It lets in for', expiryChoice(30)),
      h(
        'label',
        { class: 'tickbox' },
        h('input', { type: 'checkbox', name: 'originals' }),
        'They may download the files, with all that these tell',
      ),
    ],
    deed: 'Make a link',
    onsubmit: async (form) => {
      const { path } = await send('POST', '/links', {
        album_id: id,
        name: form.get('name'),
        originals: form.has('originals'),
        days: daysOf(form),
      });
      showLink(name, location.origin + path);
    },
  });
}

/**
 * @param {string} album
 * @param {string} address
 */
function showLink(album, address) {
  const close = h('button', { type: 'button', class: 'button' }, 'Done');
  const dialog = opened(
    'The link',
    h('h2', {}, `The link to “${album}”`),
    copyable('The link', address),
    h(
      'p',
      { class: 'faint' },
      'It is shown this once. It can be taken back under ',
      h('a', { href: '/settings/access', onclick: () => dialog.close() }, 'Settings, Access'),
      '.',
    ),
    h('div', { class: 'actions' }, h('span', { class: 'gap' }), close),
  );
  dialog.classList.add('form');
  close.addEventListener('click', () => dialog.close());
}

function withoutAccounts() {
  const close = h('button', { type: 'button', class: 'button' }, 'Close');
  const dialog = opened(
    'Sharing',
    h('h2', {}, 'Only this machine is let in'),
    h(
      'p',
      {},
      'Links need accounts, so that others are told from you. ',
      h('a', { href: '/settings/access', onclick: () => dialog.close() }, 'Add the first user'),
      '.',
    ),
    h('div', { class: 'actions' }, h('span', { class: 'gap' }), close),
  );
  dialog.classList.add('form');
  close.addEventListener('click', () => dialog.close());
}
