/** The albums: a card for each, with what it holds and how it is searched. */

import { columns, get, thumbnail } from './api.js';
import { editAlbum } from './album-form.js';
import { fill, h, icon } from './dom.js';
import { share } from './links-part.js';
import { generation, jobs } from './live.js';
import { attempt, failed } from './notice.js';
import { bar, pace } from './progress.js';
import { effect } from './signal.js';
import { count, counted } from './words.js';

/** @typedef {import('./album-form.js').Album} Album */
/** @typedef {import('./columns.js').Photos} Photos */

const COVER = 4;

/** @returns {import('./main.js').Page} */
export function page() {
  const cards = h('div', { class: 'cards' });
  let asking = new AbortController();
  const load = () =>
    attempt(async () => {
      // Cards and covers of before must not come after those of now.
      asking.abort();
      const { signal } = (asking = new AbortController());
      const albums = await get('/albums', {}, signal);
      fill(
        cards,
        ...(albums.length
          ? albums.map((/** @type {Album} */ album) => card(album, load, signal))
          : [none()]),
      );
    });
  const add = h(
    'button',
    { type: 'button', class: 'button primary for-editors', onclick: () => editAlbum(null, load) },
    icon('plus', 18),
    'New album',
  );
  const head = h(
    'header',
    { class: 'leaf-head' },
    h('h1', {}, 'Albums'),
    h('span', { class: 'gap' }),
    add,
  );
  const element = h('section', { class: 'page' }, h('div', { class: 'leaf' }, head, cards));
  effect(() => {
    if (generation.value && element.isConnected) void load();
  });
  return { element, arrive: () => void load() };
}

function none() {
  return h(
    'div',
    { class: 'empty' },
    icon('albums', 44),
    h('h2', {}, 'No albums yet'),
    h(
      'p',
      {},
      'An album is a search that stays up to date, some folders, or photos picked by hand.',
    ),
  );
}

/**
 * @param {Album} album
 * @param {() => void} load
 * @param {AbortSignal} signal
 */
function card(album, load, signal) {
  const address = `/?album=${encodeURIComponent(album.name)}`;
  const cover = h('a', { class: 'cover', href: address, tabIndex: -1, 'aria-hidden': 'true' });
  const size = h('span', {}, album.frames === null ? '' : counted(album.frames, 'photo'));
  // An album that was renamed or deleted meanwhile has no cover to show.
  fillCover({ album, cover, size, signal }).catch((error) => error.status === 404 || failed(error));
  return h(
    'article',
    { class: 'card' },
    cover,
    h(
      'div',
      { class: 'card-body' },
      h('h2', {}, h('a', { href: address }, album.name), badge(album)),
      h('small', {}, size),
      album.searched_by && h('small', {}, `Searched by ${album.searched_by}`),
      album.description && h('p', {}, album.description),
      h(
        'div',
        { class: 'paths' },
        album.search && h('code', {}, album.search),
        ...album.folders.map((folder) => h('code', {}, folder)),
        album.picked > 0 && h('small', {}, `${count(album.picked)} picked by hand`),
      ),
      progress(album),
      album.trouble && h('p', { class: 'trouble' }, album.trouble),
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button', href: address }, 'Open'),
        deed('Edit', () => editAlbum(album, load)),
        deed('Share', () => share(album)),
      ),
    ),
  );
}

/**
 * @param {string} words
 * @param {() => void} onclick
 */
function deed(words, onclick) {
  return h('button', { type: 'button', class: 'button for-editors', onclick }, words);
}

/** @param {Album} album */
function badge({ trouble, waiting, encoder, searched_by: now }) {
  if (trouble) return h('span', { class: 'badge bad' }, 'In trouble');
  if (encoder && encoder !== now) return h('span', { class: 'badge busy' }, 'Changing encoder');
  if (waiting) return h('span', { class: 'badge busy' }, `${count(waiting)} to encode`);
  return h('span', { class: 'badge' }, 'Up to date');
}

/** The job that works for an album. @param {Album} album */
function progress({ name }) {
  const place = h('div', { class: 'card-progress', hidden: true });
  const stop = effect(() => {
    const job = jobs.value.find(
      ({ arguments: { album }, state }) => album === name && state === 'running',
    );
    place.hidden = !job;
    if (job) fill(place, h('small', {}, pace(job)), bar(job));
    // A card that has left the page is not told any more.
    if (place.parentElement && !place.isConnected) queueMicrotask(() => stop());
  });
  return place;
}

/** @param {{album: Album, cover: HTMLElement, size: HTMLElement, signal: AbortSignal}} card */
async function fillCover({ album, cover, size, signal }) {
  const wanted = { album: album.name, limit: COVER };
  const { columns: found, meta } = await columns('/search', wanted, { signal });
  const { id, tag } = /** @type {Photos} */ (found);
  const pictures = Array.from(id, (one, at) =>
    h('img', { src: thumbnail(one, tag[at]), alt: '', loading: 'lazy' }),
  );
  fill(cover, ...(pictures.length ? pictures : [icon('photos', 40)]));
  cover.classList.toggle('none', !pictures.length);
  if (album.frames === null && meta.total !== null) fill(size, counted(meta.total, 'photo'));
}
