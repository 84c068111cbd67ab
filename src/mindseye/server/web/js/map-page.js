/** The map of meaning: photos that look alike lie together. */

import { send, thumbnail } from './api.js';
import { nothing } from './asked.js';
import { picked } from './columns.js';
import { ask, labelled } from './dialog.js';
import { fill, h, iconButton } from './dom.js';
import { Landmarks } from './landmarks.js';
import { byAlbum, byScore, byYear, mapped, matches } from './map-data.js';
import { failed, tell } from './notice.js';
import { Scatter } from './scatter.js';
import { ThemeLabels } from './theme-labels.js';
import { byTheme, core, themesOf } from './themes.js';
import { effect } from './signal.js';
import { isDark } from './theme.js';
import { count, counted, day } from './words.js';

/** @typedef {import('./main.js').Shell} Shell */
/** @typedef {import('./scatter.js').Spot} Spot */
/** @typedef {import('./map-data.js').Mapped} Mapped */

const TRAY = 60;
const EXAMPLES = 12;
const CARD = { width: 194, height: 190 };

/** @param {Shell} shell */
export function page(shell) {
  const made = new MapPage(shell);
  return { element: made.element, arrive: () => void made.arrive() };
}

class MapPage {
  /** @type {Mapped | null} */
  #map = null;
  /** @type {import('./themes.js').Theme[]} */
  #themes = [];
  /** @type {import('./map-data.js').Colouring | null} */
  #colouring = null;
  /** @type {Map<number, number>} */
  #scores = new Map();
  #pointed = -1;
  #marked = -1;
  #query = '';

  /** @param {Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const canvas = h('canvas', {
      tabIndex: 0,
      role: 'application',
      'aria-label': 'Map of all photos',
    });
    this.lasso = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    this.lasso.classList.add('lasso');
    this.path = document.createElementNS('http://www.w3.org/2000/svg', 'polygon');
    this.lasso.append(this.path);
    this.card = h('div', { class: 'map-card', hidden: true }, h('img', { alt: '' }), h('span'));
    this.said = h('span', { role: 'status' }, 'Loading…');
    this.legend = h('ul', { class: 'legend', 'aria-label': 'Colours' });
    this.tray = h('aside', { class: 'tray', 'aria-label': 'Chosen photos', hidden: true });
    this.theme = h('option', { value: 'theme', disabled: true }, 'Theme');
    this.match = h('option', { value: 'match', disabled: true }, 'Match');
    this.choice = h(
      'select',
      { 'aria-label': 'What colours stand for' },
      this.theme,
      h('option', { value: 'year' }, 'Year'),
      h('option', { value: 'album' }, 'Album'),
      this.match,
    );
    this.wrap = h('div', { class: 'map' }, canvas);
    this.scatter = new Scatter(canvas, {
      onview: () => this.#follow(),
      onpoint: (point, at) => this.#point(point, at),
      onpick: (point) => (point < 0 ? this.#choose(null) : this.#open(point)),
      onlasso: (path, closed) => this.#lasso(path, closed),
    });
    this.labels = new ThemeLabels(this.scatter, (theme) => this.#lookAt(theme));
    this.landmarks = new Landmarks(
      this.scatter,
      (point) => this.#open(point),
      (left, top) => this.labels.isAt(left, top),
    );
    this.mark = h('div', { class: 'mark', hidden: true, 'aria-hidden': 'true' });
    this.wrap.append(this.landmarks.element, this.labels.element, this.mark, this.lasso, this.card);
    this.wrap.append(this.#tools(), this.#foot());
    this.element = h('section', { class: 'page map-page' }, this.wrap, this.tray);
    this.element.addEventListener('keydown', (event) => this.#key(event));
    effect(() => this.#recolour(isDark.value));
  }

  /** Loads what has changed, and lets a query of the address light up. */
  async arrive() {
    const said = new URLSearchParams(location.search);
    const q = said.get('q') ?? '';
    try {
      if (!this.#map) await this.#load();
      if (this.#query !== q) await this.#light(q);
      this.#markPhoto(Number(said.get('photo')));
    } catch (error) {
      fill(this.said, error instanceof Error ? error.message : 'The map cannot be shown');
      failed(error);
    }
  }

  /** Goes to a photo and marks it; 0 is none. @param {number} id */
  #markPhoto(id) {
    this.#marked = id ? (this.#map?.photos.id.indexOf(id) ?? -1) : -1;
    this.mark.hidden = this.#marked < 0;
    if (this.#marked >= 0) this.scatter.goTo([this.#marked]);
    else if (id) tell('This photo is not on the map', { hint: 'It has not been encoded yet.' });
  }

  #follow() {
    this.labels.follow();
    this.landmarks.follow();
    if (this.#marked < 0) return;
    const { camera, points } = this.scatter;
    const [left, top] = camera.toScreen(points.x[this.#marked], points.y[this.#marked]);
    this.mark.style.transform = `translate(${left}px, ${top}px)`;
  }

  async #load() {
    const map = await mapped();
    this.#map = map;
    this.scatter.show(map.x, map.y);
    this.landmarks.show(map.photos);
    this.choice.value = 'year';
    this.#colour(byYear(map));
    this.#say();
    void this.#learnThemes(map);
  }

  /** Names take seconds the first time: the points are shown before. @param {Mapped} map */
  async #learnThemes(map) {
    try {
      this.#themes = await themesOf(map);
    } catch (error) {
      failed(error);
      return;
    }
    this.labels.show(this.#themes, map);
    this.theme.disabled = !this.#themes.some(({ name }) => name);
    if (this.theme.disabled || this.choice.value !== 'year') return;
    this.choice.value = 'theme';
    this.#colour(byTheme(map, this.#themes));
  }

  /** Flies to a theme, and lets its photos stand out. @param {import('./themes.js').Theme} theme */
  #lookAt(theme) {
    if (!this.#map) return;
    // The tray takes room first: what is flown to then stands in the middle of what is left.
    this.#choose(theme.points, theme.name);
    this.scatter.goTo(core(theme, this.#map));
  }

  #say() {
    const all = counted(this.#map?.photos.id.length ?? 0, 'photo');
    fill(
      this.said,
      this.#query ? `${count(this.#scores.size)} of ${all} match “${this.#query}”` : all,
    );
  }

  /** @param {string} q */
  async #light(q) {
    if (!this.#map) return;
    this.#scores = q ? await matches(this.#map, q) : new Map();
    this.#query = q;
    this.match.disabled = !q;
    this.choice.value = q ? 'match' : this.#usual;
    await this.#colourBy(this.choice.value);
    this.scatter.light(q ? this.#scores.keys() : null);
    this.#say();
  }

  #tools() {
    const tool = iconButton;
    this.move = tool('move', 'Move (h)', () => this.#mode('move'), { 'aria-pressed': 'true' });
    this.catch = tool('lasso', 'Lasso (l)', () => this.#mode('lasso'), { 'aria-pressed': 'false' });
    return h(
      'div',
      { class: 'map-tools', role: 'toolbar', 'aria-label': 'Map', 'aria-orientation': 'vertical' },
      this.move,
      this.catch,
      h('hr'),
      tool('plus', 'Closer (+)', () => this.scatter.zoom(1.5)),
      tool('minus', 'Further away (-)', () => this.scatter.zoom(1 / 1.5)),
      tool('whole', 'Everything (0)', () => {
        this.#choose(null);
        this.scatter.whole();
      }),
    );
  }

  #foot() {
    this.choice.addEventListener('change', () => this.#colourBy(this.choice.value));
    return h('div', { class: 'map-foot' }, this.said, this.choice, this.legend);
  }

  /** What colours stand for where nobody chose something. */
  get #usual() {
    return this.theme.disabled ? 'year' : 'theme';
  }

  /** @param {string} what */
  async #colourBy(what) {
    const map = this.#map;
    if (!map) return;
    if (what === 'match') this.#colour(byScore(this.#scores));
    else if (what === 'theme') this.#colour(byTheme(map, this.#themes));
    else this.#colour(what === 'album' ? await byAlbum(map) : byYear(map));
  }

  /** @param {import('./map-data.js').Colouring} colouring */
  #colour(colouring) {
    this.#colouring = colouring;
    this.#recolour(isDark.value);
  }

  /** @param {boolean} dark */
  #recolour(dark) {
    const colouring = this.#colouring;
    if (!colouring) return;
    this.scatter.colour((point) => colouring.of(point, dark));
    fill(
      this.legend,
      ...colouring.legend(dark).map(({ colour, words }) => {
        const swatch = h('i');
        swatch.style.backgroundColor = `rgb(${colour.join(' ')})`;
        return h('li', {}, swatch, words);
      }),
    );
  }

  /** @param {'move' | 'lasso'} mode */
  #mode(mode) {
    this.scatter.mode = mode;
    this.move?.setAttribute('aria-pressed', String(mode === 'move'));
    this.catch?.setAttribute('aria-pressed', String(mode === 'lasso'));
    this.wrap.classList.toggle('catching', mode === 'lasso');
  }

  /**
   * @param {number} point
   * @param {Spot} at
   */
  #point(point, [left, top]) {
    this.card.hidden = point < 0;
    if (point < 0 || !this.#map) return;
    const { id, tag, minute } = this.#map.photos;
    if (point !== this.#pointed) {
      this.#pointed = point;
      /** @type {HTMLImageElement} */ (this.card.firstChild).src = thumbnail(id[point], tag[point]);
      fill(/** @type {Element} */ (this.card.lastChild), day(minute[point]) || 'No date');
    }
    const x = Math.min(this.wrap.clientWidth - CARD.width - 8, left + 16);
    const y = Math.max(
      8,
      Math.min(this.wrap.clientHeight - CARD.height - 8, top - CARD.height / 2),
    );
    this.card.style.transform = `translate(${x}px, ${y}px)`;
  }

  /** @param {number} point */
  #open(point) {
    if (this.#map) this.shell.open(this.#map.photos, point);
  }

  /**
   * @param {Spot[]} path
   * @param {boolean} closed
   */
  #lasso(path, closed) {
    this.lasso.classList.toggle('drawn', !closed);
    this.path.setAttribute('points', path.map((spot) => spot.join()).join(' '));
    if (!closed) return;
    this.#mode('move');
    this.#choose(
      this.scatter.points.inside(path.map((spot) => this.scatter.camera.toWorld(...spot))),
    );
  }

  /**
   * @param {number[] | null} points
   * @param {string} [name] of what they are
   */
  #choose(points, name = '') {
    const some = points && points.length > 0;
    this.tray.hidden = !some;
    if (some) this.scatter.light(points);
    else this.scatter.light(this.#query ? this.#scores.keys() : null);
    if (some && this.#map) this.#fillTray(picked(this.#map.photos, points), name);
  }

  /**
   * @param {import('./columns.js').Photos} photos
   * @param {string} name
   */
  #fillTray(photos, name) {
    const ids = [...photos.id];
    /** @type {(words: string, onclick: () => void, shown?: string) => HTMLElement} */
    const deed = (words, onclick, shown = 'button') =>
      h('button', { type: 'button', class: shown, onclick }, words);
    fill(
      this.tray,
      h(
        'header',
        { class: 'drawer-head' },
        h('h2', {}, name || counted(ids.length, 'photo')),
        iconButton('close', 'Let go', () => this.#choose(null)),
      ),
      name && h('small', {}, counted(ids.length, 'photo')),
      h(
        'div',
        { class: 'actions' },
        deed('Open as grid', () => this.shell.showOnly(photos)),
        deed('Save as album', () => this.#save(ids, name), 'button for-editors'),
        deed('More like these', () =>
          this.shell.ask({ ...nothing(), like: ids.slice(0, EXAMPLES) }),
        ),
      ),
      h(
        'div',
        { class: 'similar' },
        ...ids.slice(0, TRAY).map((id, place) =>
          h(
            'button',
            {
              type: 'button',
              'aria-label': 'Open this photo',
              onclick: () => this.shell.open(photos, place),
            },
            h('img', { src: thumbnail(id, photos.tag[place], 160), alt: '', loading: 'lazy' }),
          ),
        ),
      ),
    );
  }

  /**
   * @param {number[]} ids
   * @param {string} name
   */
  #save(ids, name) {
    ask({
      title: 'Save as an album',
      content: [
        labelled('Name', h('input', { name: 'name', required: true, maxLength: 200, value: name })),
      ],
      deed: 'Save',
      onsubmit: async (form) => {
        const album = await send('POST', '/albums', { name: String(form.get('name')) });
        for (let at = 0; at < ids.length; at += 10_000) {
          await send('POST', `/albums/${album.id}/photos`, { photos: ids.slice(at, at + 10_000) });
        }
        tell(`${counted(ids.length, 'photo')} saved`, { hint: 'It stands with the albums.' });
      },
    });
  }

  /** @param {KeyboardEvent} event */
  #key({ key, target }) {
    if (/** @type {Element} */ (target).matches('input, select')) return;
    /** @type {Record<string, () => void>} */
    const acts = {
      l: () => this.#mode('lasso'),
      h: () => this.#mode('move'),
      Escape: () => this.#choose(null),
    };
    acts[key]?.();
  }
}
