/** Ways to go on with what is being typed, as a list below the search field. */

import { get, isAborted } from './api.js';
import { fill, h, icon } from './dom.js';
import { may } from './me.js';
import { failed } from './notice.js';
import { count } from './words.js';

/**
 * @typedef {object} Suggestion
 * @property {string} text everything typed, with the last word completed
 * @property {string} kind
 * @property {string} value
 * @property {string} filter
 * @property {number | null} photos
 */

/** @type {Record<string, keyof typeof import('./icons.js').ICONS>} */
const ICON_OF = {
  city: 'place',
  region: 'place',
  country: 'place',
  person: 'person',
  keyword: 'tag',
  camera: 'camera',
  lens: 'camera',
  year: 'calendar',
  album: 'albums',
  recent: 'jobs',
};
const WAIT = 110;
const KEPT = 8;

export class Suggestions {
  /** @type {Suggestion[]} */
  #listed = [];
  #at = -1;
  #timer = 0;
  #asking = new AbortController();

  /**
   * @param {HTMLInputElement} input
   * @param {(chosen: Suggestion) => void} onchoose
   */
  constructor(input, onchoose) {
    this.input = input;
    this.onchoose = onchoose;
    this.element = h('ul', {
      class: 'suggestions',
      id: 'suggestions',
      role: 'listbox',
      'aria-label': 'Suggestions',
      hidden: true,
    });
  }

  /** Whether a way is pointed at. */
  get chosen() {
    return this.#listed[this.#at];
  }

  /** Looks up what suits the text of the input. */
  look() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    const typed = this.input.value;
    // Guests are told nothing of the library but its album.
    if (!may('viewer')) return;
    if (!typed.trim()) return this.#show(recent());
    this.#timer = setTimeout(() => this.#ask(typed), WAIT);
  }

  close() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#show([]);
  }

  /** @param {1 | -1} by */
  step(by) {
    const length = this.#listed.length;
    if (!length) return;
    this.#at = (this.#at + by + length + (this.#at < 0 && by < 0 ? 1 : 0)) % length;
    this.#mark();
  }

  /** @param {string} typed */
  async #ask(typed) {
    this.#asking = new AbortController();
    try {
      const found = await get('/suggest', { q: typed }, this.#asking.signal);
      if (this.input.value === typed && document.activeElement === this.input) this.#show(found);
    } catch (error) {
      if (!isAborted(error)) failed(error);
    }
  }

  /** @param {Suggestion[]} listed */
  #show(listed) {
    this.#listed = listed;
    this.#at = -1;
    this.element.hidden = !listed.length;
    this.input.setAttribute('aria-expanded', String(listed.length > 0));
    fill(this.element, ...listed.map((one, place) => this.#line(one, place)));
    this.#mark();
  }

  /**
   * @param {Suggestion} one
   * @param {number} place
   */
  #line(one, place) {
    const photos = one.photos ? count(one.photos) : one.kind === 'field' ? 'filter' : one.kind;
    const line = h(
      'li',
      { role: 'option', id: `suggestion-${place}` },
      icon(ICON_OF[one.kind] ?? 'sliders', 18),
      h('span', {}, one.value),
      h('small', {}, photos),
    );
    // Not a click: the input must not lose the focus first.
    line.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.onchoose(one);
    });
    return line;
  }

  #mark() {
    [...this.element.children].forEach((line, place) => {
      line.setAttribute('aria-selected', String(place === this.#at));
      if (place === this.#at) line.scrollIntoView({ block: 'nearest' });
    });
    if (this.#at < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `suggestion-${this.#at}`);
  }
}

/** @returns {Suggestion[]} the latest queries, as far as this browser knows */
function recent() {
  return kept().map((text) => ({ text, kind: 'recent', value: text, filter: text, photos: null }));
}

/** @param {string} query */
export function remember(query) {
  const others = kept().filter((one) => one !== query);
  localStorage.setItem('recent', JSON.stringify([query, ...others].slice(0, KEPT)));
}

/** @returns {string[]} */
function kept() {
  try {
    const list = JSON.parse(localStorage.getItem('recent') ?? '[]');
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    // Somebody else wrote there: nothing is known.
    return [];
  }
}
