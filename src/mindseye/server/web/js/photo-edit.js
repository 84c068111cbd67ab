/** Saying when and where a photo was taken, against what its file says. */

import { get, isAborted } from './api.js';
import { ask, labelled } from './dialog.js';
import { fill, h } from './dom.js';
import { MiniMap } from './mini-map.js';
import { failed } from './notice.js';

/** @typedef {import('./photo-info.js').Facts} Facts */
/** @typedef {(change: Record<string, unknown>) => Promise<void>} Say throws where it cannot be */
/**
 * @typedef {import('./mini-map.js').Position & {kind: string, city: string | null,
 *   region: string | null, country: string | null, country_code: string}} Found
 */

const WAIT = 250;
const DIGITS = 6;
const POSITION = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/;
/** Characters of an ISO 8601 moment that say so much of it. @type {Record<string, number>} */
const LENGTHS = { year: 4, month: 7, day: 10, minute: 16, second: 19 };

/**
 * @param {Facts} facts
 * @param {Say} say
 */
export function editDate({ metadata }, say) {
  const date = dateInput(written(metadata));
  return ask({
    title: 'When it was taken',
    content: [date.control],
    deed: 'Save',
    aside: metadata.sources.taken_at === 'user' ? [revertButton(() => say(back('date')))] : [],
    onsubmit: () => say({ date: date.input.value }),
  });
}

/** @param {string} [value] */
export function dateInput(value = '') {
  const input = h('input', { value, required: true, placeholder: '2023-04-05 12:30' });
  const note =
    'As much as you know: 1987, 2023-04, 2023-04-05 or 2023-04-05 12:30, with +09:00 behind it where you know the time zone.';
  return { input, control: labelled('Date', input, note) };
}

/** A date as it is typed. @param {Facts['metadata']} metadata */
function written({ taken_at: taken, precision, offset, sources }) {
  if (!taken) return '';
  const text = taken.slice(0, LENGTHS[precision ?? 'second'] ?? taken.length).replace('T', ' ');
  const known = offset && sources.offset !== 'gps' && text.length > LENGTHS.day;
  return known ? text + offset : text;
}

/**
 * @param {Facts} facts
 * @param {Say} say
 */
export function editPlace({ metadata, located }, say) {
  const { gps, sources } = metadata;
  const before = inWords(metadata.place ?? located);
  const place = new PlaceInput(before, (found) => map.look(found));
  const position = h('input', { value: gps ? typed(gps) : '', placeholder: '35.0116, 135.7681' });
  const map = new MiniMap((picked) => {
    position.value = typed(picked);
    void map.point(picked);
  });
  position.addEventListener('change', () => {
    const found = read(position.value);
    if (found) void map.show(found);
  });
  const own = ['place', 'gps'].filter((name) => sources[name] === 'user');
  const dialog = ask({
    title: 'Where it was taken',
    content: [
      place.control,
      labelled('Position', position, 'Latitude and longitude in degrees; or click on the map.'),
      map.element,
    ],
    deed: 'Save',
    aside: own.length ? [revertButton(() => say(back(...own)))] : [],
    onsubmit: async () => {
      /** @type {Record<string, unknown>} */
      const change = {};
      if (place.value !== before) change.place = place.said();
      if (position.value.trim() !== (gps ? typed(gps) : '')) change.gps = where(position.value);
      if (Object.keys(change).length) await say(change);
    },
  });
  dialog.addEventListener('close', () => void map.leave());
  void map.show(gps);
  return dialog;
}

/** A field for a place, which knows places by the names that are typed. */
export class PlaceInput {
  /** @type {Map<string, Found>} */
  #found = new Map();
  #timer = 0;
  #asking = new AbortController();

  /**
   * @param {string} value
   * @param {(found: Found) => void} onfound told of a place that is known
   */
  constructor(value, onfound = () => {}) {
    this.onfound = onfound;
    this.choices = h('datalist', { id: 'places-found' });
    this.input = h('input', {
      value,
      list: this.choices.id,
      autocomplete: 'off',
      placeholder: 'Kyoto, Kyoto Prefecture, Japan',
    });
    this.input.addEventListener('input', () => this.#typed());
    const note = h('span', {}, 'City, region and country, or city and country.', this.choices);
    this.control = labelled('Place', this.input, note);
  }

  get value() {
    return this.input.value.trim();
  }

  /** What is typed as the API takes it: a place that was found, or its names as they stand. */
  said() {
    const found = this.#found.get(this.value);
    if (found) {
      const { city, region, country, country_code } = found;
      return { city: city ?? '', region: region ?? '', country: country ?? '', country_code };
    }
    const names = this.value.split(',').map((name) => name.trim());
    if (names.length > 3) throw new Error('A place has at most three names.');
    const [city, second = '', third = ''] = names;
    if (!city) return { city: '', region: '', country: '', country_code: '' };
    return third ? { city, region: second, country: third } : { city, region: '', country: second };
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    const found = this.#found.get(this.value);
    if (found) return this.onfound(found);
    const name = this.value;
    if (name && !name.includes(',')) this.#timer = setTimeout(() => this.#ask(name), WAIT);
  }

  /** @param {string} name */
  async #ask(name) {
    this.#asking = new AbortController();
    try {
      /** @type {Found[]} */
      const listed = await get('/places', { name }, this.#asking.signal);
      for (const one of listed) this.#found.set(inWords(one), one);
      const words = new Set(listed.map(inWords));
      fill(this.choices, ...[...words].map((value) => h('option', { value })));
    } catch (error) {
      if (!isAborted(error)) failed(error);
    }
  }
}

/** @param {{city: string | null, region: string | null, country: string | null} | null} place */
export function inWords(place) {
  const names = [place?.city, place?.region, place?.country].filter(Boolean);
  return [...new Set(names)].join(', ');
}

/** @param {...string} revert */
function back(...revert) {
  return { revert };
}

/** Shows again what the file says. @param {() => Promise<void>} revert */
function revertButton(revert) {
  const onclick = async (/** @type {MouseEvent} */ { currentTarget }) => {
    const dialog = /** @type {HTMLElement} */ (currentTarget).closest('dialog');
    try {
      await revert();
      dialog?.close();
    } catch (error) {
      failed(error);
    }
  };
  return h('button', { type: 'button', class: 'button', onclick }, 'Take back');
}

/** @param {import('./mini-map.js').Position} position */
function typed({ latitude, longitude }) {
  return `${Number(latitude.toFixed(DIGITS))}, ${Number(longitude.toFixed(DIGITS))}`;
}

/** @param {string} text */
function read(text) {
  const [, latitude, longitude] = POSITION.exec(text) ?? [];
  return latitude ? { latitude: Number(latitude), longitude: Number(longitude) } : null;
}

/** @param {string} text */
function where(text) {
  const found = read(text);
  if (!found) throw new Error('A position is two numbers: 35.0116, 135.7681');
  return found;
}
