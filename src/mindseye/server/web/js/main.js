/** The shell: what stands around every page, and which page an address shows. */

import { SIGN_IN } from './api.js';
import { fromAddress, nothing, toAddress } from './asked.js';
import { fill, h, icon, iconButton } from './dom.js';
import { takePictures } from './drop.js';
import { generation, listen } from './live.js';
import { learnMe, may } from './me.js';
import { failed, tell } from './notice.js';
import { PhotoView } from './photo.js';
import { PhotosPage } from './photos-page.js';
import { progressCard } from './progress.js';
import { SearchField } from './search-field.js';
import { listenForKeys } from './shortcuts.js';
import { effect } from './signal.js';
import { toggle } from './theme.js';

/** @typedef {import('./asked.js').Asked} Asked */
/** @typedef {import('./columns.js').Photos} Photos */

/**
 * What a page may ask of the shell.
 * @typedef {object} Shell
 * @property {(address: string) => void} go
 * @property {(asked: Asked, pictures?: File[]) => void} ask
 * @property {(photos: Photos, place: number) => void} open
 * @property {(photos: Photos) => void} showOnly
 */

/** @typedef {{element: HTMLElement, arrive?: () => void}} Page */

/** @type {[string, keyof typeof import('./icons.js').ICONS, string][]} */
const RAIL = [
  ['/', 'photos', 'Photos'],
  ['/map', 'map', 'Map'],
  ['/places', 'place', 'Places'],
  ['/albums', 'albums', 'Albums'],
  ['/settings', 'settings', 'Settings'],
];

/** Pages that are fetched when they are first wanted. @type {Record<string, () => Promise<{page: (shell: Shell) => Page}>>} */
const LATER = {
  '/places': () => import('./places-page.js'),
  '/map': () => import('./map-page.js'),
  '/albums': () => import('./albums-page.js'),
  '/settings': () => import('./settings-page.js'),
  '/settings/access': () => import('./access-page.js'),
  '/settings/log': () => import('./log-page.js'),
  '/jobs': () => import('./jobs-page.js'),
  '/login': () => import('./login-page.js'),
};

/** A reload of the photos while they are being taken in waits so long for the next, in ms. */
const CALM = 2500;

const main = h('main', { id: 'main', tabIndex: -1 });
const rail = h(
  'nav',
  { class: 'rail', 'aria-label': 'Pages' },
  ...RAIL.map(([href, picture, words]) =>
    h('a', { href, class: 'for-viewers' }, icon(picture), h('span', {}, words)),
  ),
  h('span', { class: 'gap' }),
  progressCard(),
);

/** @type {Map<string, Page>} */
const pages = new Map();
/** @type {File[]} */
let pictures = [];
/** Where the photo that is open was opened from; "" where its address was typed. */
let below = '';

/** @type {Shell} */
const shell = {
  go,
  ask: (asked, given = []) => {
    pictures = given;
    go(toAddress(asked));
  },
  open: (photos, place) => openPhoto(photos, place, ''),
  showOnly: (photos) => {
    history.pushState({ only: true }, '', '/');
    photosPage.showOnly(photos);
    void arrive();
  },
};

const field = new SearchField(shell.ask);
const photosPage = new PhotosPage(field, {
  onopen: (photos, place) => openPhoto(photos, place, field.asked.q),
  onask: shell.ask,
  onmap: showOnMap,
});
const view = new PhotoView({
  onturn: (id) => history.replaceState({ photo: true }, '', addressOf(id)),
  onclose: closePhoto,
  onlike: (id) => leaveFor({ ...nothing(), like: [id] }),
  onmap: (id) => {
    view.hide();
    below = '';
    showOnMap(id);
  },
  onsearch: (q) => leaveFor({ ...nothing(), q }),
});

/** @param {string} address of this page's own */
function go(address) {
  if (address === location.pathname + location.search) history.replaceState({}, '', address);
  else history.pushState({}, '', address);
  void arrive();
}

/** Shows what the address says. */
async function arrive() {
  const path = location.pathname;
  if (path.startsWith('/photo/')) return arriveAtPhoto(Number(path.split('/')[2]));
  if (view.isOpen) view.hide();
  const known = path in LATER && mayVisit(path) ? path : '/';
  const page = await pageOf(known);
  for (const link of rail.querySelectorAll('a')) {
    if (link.pathname === `/${known.split('/')[1]}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (main.firstChild !== page.element) fill(main, page.element);
  page.arrive?.();
}

/** Guests see one album, and no page about all of them. @param {string} path */
function mayVisit(path) {
  return path === '/login' || may(path === '/settings/log' ? 'admin' : 'viewer');
}

/** @param {string} path */
async function pageOf(path) {
  const known = pages.get(path);
  if (known) return known;
  const made = (await LATER[path]()).page(shell);
  pages.set(path, made);
  return made;
}

/**
 * @param {Photos} photos
 * @param {number} place
 * @param {string} q
 */
function openPhoto(photos, place, q) {
  below = location.pathname + location.search;
  history.pushState({ photo: true }, '', addressOf(photos.id[place], q));
  view.open(photos, place, q);
}

/**
 * @param {number} id
 * @param {string} [q]
 */
function addressOf(id, q = field.asked.q) {
  return `/photo/${id}${q ? `?q=${encodeURIComponent(q)}` : ''}`;
}

/** Shows the photo of an address that was typed, over what its query finds. @param {number} id */
async function arriveAtPhoto(id) {
  if (view.isOpen && view.id === id) return;
  const asked = fromAddress(location.search);
  fill(main, photosPage.element);
  await photosPage.show(asked, []);
  const place = photosPage.photos.id.indexOf(id);
  if (place >= 0) view.open(photosPage.photos, place, asked.q);
  else view.open(alone(id), 0, asked.q);
}

/**
 * A photo of which only the id is known.
 * @param {number} id
 * @returns {Photos}
 */
function alone(id) {
  return {
    id: Uint32Array.of(id),
    minute: Int32Array.of(-(2 ** 31)),
    aspect: Uint16Array.of(1000),
    rgb: Uint16Array.of(0),
    tag: Uint32Array.of(0),
  };
}

function closePhoto() {
  const { id } = view;
  view.hide();
  if (below) history.back();
  else history.replaceState({}, '', toAddress(fromAddress(location.search)));
  below = '';
  const place = photosPage.photos.id.indexOf(id);
  if (place >= 0 && photosPage.element.isConnected) {
    photosPage.grid.reveal(place);
    photosPage.grid.box.focus({ preventScroll: true });
  }
}

/** @param {number} id */
function showOnMap(id) {
  go(`/map?photo=${id}`);
}

/** Leaves the photo for a search. @param {Asked} asked */
function leaveFor(asked) {
  view.hide();
  below = '';
  shell.ask(asked);
}

pages.set('/', {
  element: photosPage.element,
  arrive: () => {
    if (history.state?.only && photosPage.isPicked) return;
    void photosPage.show(fromAddress(location.search), pictures);
  },
});
fill(
  /** @type {HTMLElement} */ (document.getElementById('app')),
  h(
    'header',
    { class: 'top' },
    h('a', { class: 'brand', href: '/' }, h('i', { class: 'logo' }), h('span', {}, 'Mindseye')),
    field.element,
    iconButton('theme', 'Light or dark (t)', toggle),
    photosPage.selected.element,
  ),
  rail,
  main,
);

document.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest?.('a[href^="/"]');
  if (!(link instanceof HTMLAnchorElement) || link.hasAttribute('download')) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || link.pathname.startsWith('/api/')) return;
  event.preventDefault();
  pictures = [];
  go(link.pathname + link.search);
});
addEventListener('popstate', () => void arrive());
addEventListener('unhandledrejection', (event) => failed(event.reason));
takePictures((dropped) => {
  if (view.isOpen) leaveFor(nothing());
  field.searchBy(dropped);
});
listenForKeys(go, () => field.input.focus());
addEventListener(SIGN_IN, () => location.pathname !== '/login' && !isLink() && go('/login'));

let shown = '';
let reloading = 0;
effect(() => {
  const now = generation.value;
  // The first generation is that of what was just loaded.
  if (!shown) shown = now;
  if (now === shown || reloading) return;
  reloading = setTimeout(() => {
    reloading = 0;
    shown = generation.value;
    void photosPage.refresh();
  }, CALM);
});
void start();

/** Whether the address is that of a link to an album. */
function isLink() {
  return location.pathname.startsWith('/shared/');
}

/** Guests of a shared album see its photos and nothing that goes on beside them. */
async function start() {
  await learnMe();
  if (isLink() && !may('guest')) return fill(main, deadLink());
  if (isLink() && may('viewer')) {
    tell('You are signed in and see everything', { hint: 'Guests see the album of the link.' });
  }
  if (isLink()) history.replaceState({}, '', '/');
  if (may('viewer')) listen();
  await arrive();
}

function deadLink() {
  return h(
    'section',
    { class: 'page empty' },
    h('h1', {}, 'This link leads nowhere'),
    h('p', {}, 'It was taken back, or its time is over. Ask whoever sent it for another.'),
  );
}
