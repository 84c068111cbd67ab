/** What can be done with selected photos; it stands over the search field while there are any. */

import { get, original, send } from './api.js';
import { ask, labelled } from './dialog.js';
import { fill, h, icon, iconButton } from './dom.js';
import { may, me } from './me.js';
import { attempt, tell } from './notice.js';
import { dateInput, PlaceInput } from './photo-edit.js';
import { counted } from './words.js';
import { writeManyXmp } from './write-xmp.js';

/** More files than this at once would be blocked by browsers. */
const MOST_FILES = 20;
/** As many photos as the API takes at once. */
const BATCH = 10_000;
/** Examples to search by. */
const MOST_LIKE = 12;

/**
 * @typedef {object} Deeds
 * @property {() => number[]} ids of what is selected, or of the photo that keys act on
 * @property {() => void} clear
 * @property {(id: number) => void} onmap
 * @property {(name: 'like' | 'unlike', ids: number[]) => void} onlike
 */

export class SelectionBar {
  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.deeds = deeds;
    this.said = h('b', { role: 'status' });
    this.element = h(
      'div',
      { class: 'selection', role: 'toolbar', 'aria-label': 'Selected photos', hidden: true },
      iconButton('close', 'Clear the selection', deeds.clear),
      this.said,
      h('span', { class: 'gap' }),
      this.#deed('similar', 'More like these', 'viewers', () => this.#like('like')),
      this.#deed('unlike', 'Not like these', 'viewers', () => this.#like('unlike')),
      this.#deed('heart', 'Favourite', 'editors', () => this.#favourite()),
      this.#deed('tag', 'Tag', 'editors', () => this.#tag()),
      this.#deed('edit', 'Edit', 'editors', () => this.#say()),
      this.#deed('albums', 'Add to album', 'editors', () => this.#album()),
      this.#deed('file', 'Write to XMP', 'editors', () => this.#writeXmp()),
      this.#deed('download', 'Download', 'originals', () => this.#download()),
    );
  }

  /** @param {number} size */
  show(size) {
    this.element.hidden = size === 0;
    fill(this.said, size.toLocaleString(), h('span', {}, ' selected'));
  }

  /**
   * @param {keyof typeof import('./icons.js').ICONS} picture
   * @param {string} words
   * @param {'viewers' | 'editors' | 'originals'} whose who may do it
   * @param {() => void} onclick
   */
  #deed(picture, words, whose, onclick) {
    const shown = `button deed for-${whose}`;
    return h(
      'button',
      { type: 'button', class: shown, onclick, 'aria-label': words, title: words },
      icon(picture, 18),
      h('span', {}, words),
    );
  }

  /** @param {'like' | 'unlike'} name */
  #like(name) {
    this.deeds.onlike(name, this.deeds.ids().slice(0, MOST_LIKE));
  }

  /**
   * @param {Record<string, unknown>} change
   * @param {string} done
   */
  async #edit(change, done) {
    const ids = this.deeds.ids();
    for (const photos of batches(ids)) await send('POST', '/edits', { photos, ...change });
    tell(`${counted(ids.length, 'photo')} ${done}`);
    this.deeds.clear();
  }

  /**
   * What a key does with the photos, for whoever looks.
   * @param {string} key
   * @returns {(() => void) | undefined}
   */
  keyAction(key) {
    /** @type {Record<string, () => void>} */
    const acts = {};
    if (me().originals) acts.D = () => this.#download();
    if (may('viewer')) {
      acts.s = () => this.#like('like');
      acts.m = () => this.deeds.onmap(this.deeds.ids()[0]);
    }
    if (may('editor')) {
      acts.f = () => this.#favourite();
      for (const stars of [0, 1, 2, 3, 4, 5]) acts[stars] = () => this.#rate(stars);
    }
    return acts[key];
  }

  #favourite() {
    void attempt(() => this.#edit({ favourite: true }, 'marked as favourite'));
  }

  /** @param {number} rating */
  #rate(rating) {
    const done = rating ? `rated ${'★'.repeat(rating)}` : 'not rated any more';
    void attempt(() => this.#edit({ rating }, done));
  }

  #tag() {
    const words = h('input', { name: 'words', required: true, placeholder: 'holiday, sea' });
    ask({
      title: 'Tag these photos',
      content: [labelled('Keywords', words, 'With commas between them.')],
      deed: 'Tag',
      onsubmit: async (form) => {
        const keywords = String(form.get('words')).split(',');
        const added = keywords.map((word) => word.trim()).filter(Boolean);
        await this.#edit({ add_keywords: added }, 'tagged');
      },
    });
  }

  /** Stars, date and place of all of them; what is left empty stays as it is. */
  #say() {
    const stars = [
      ['', 'As they are'],
      ['0', 'None'],
      ...[1, 2, 3, 4, 5].map((count) => [String(count), '★'.repeat(count)]),
      ['-1', 'Rejected'],
    ];
    const options = stars.map(([value, words]) => h('option', { value }, words));
    const date = dateInput();
    date.input.required = false;
    const place = new PlaceInput('');
    ask({
      title: `Edit ${counted(this.deeds.ids().length, 'photo')}`,
      content: [
        h('p', { class: 'faint' }, 'What is left empty stays as it is. Files stay untouched.'),
        labelled('Stars', h('select', { name: 'stars' }, ...options)),
        date.control,
        place.control,
      ],
      deed: 'Save',
      onsubmit: async (form) => {
        /** @type {Record<string, unknown>} */
        const change = {};
        if (form.get('stars')) change.rating = Number(form.get('stars'));
        if (date.input.value.trim()) change.date = date.input.value;
        if (place.value) change.place = place.said();
        if (Object.keys(change).length) await this.#edit(change, 'edited');
      },
    });
  }

  #writeXmp() {
    writeManyXmp(this.deeds.ids(), () => this.deeds.clear());
  }

  async #album() {
    const albums = await attempt(() => get('/albums'));
    if (!albums) return;
    const choice = h(
      'select',
      { name: 'album' },
      h('option', { value: '' }, 'A new album'),
      ...albums.map((/** @type {{id: number, name: string}} */ one) =>
        h('option', { value: one.id }, one.name),
      ),
    );
    const name = h('input', { name: 'name', placeholder: 'Name of the new album', required: true });
    choice.addEventListener('change', () => (name.disabled = choice.value !== ''));
    ask({
      title: 'Add to an album',
      content: [labelled('Album', choice), labelled('Name', name)],
      deed: 'Add',
      onsubmit: (form) => this.#addTo(String(form.get('album')), String(form.get('name') ?? '')),
    });
  }

  /**
   * @param {string} chosen the id of an album, "" is a new one
   * @param {string} name
   */
  async #addTo(chosen, name) {
    const ids = this.deeds.ids();
    const album = chosen || (await send('POST', '/albums', { name })).id;
    for (const photos of batches(ids)) await send('POST', `/albums/${album}/photos`, { photos });
    tell(`${counted(ids.length, 'photo')} added`);
    this.deeds.clear();
  }

  #download() {
    const ids = this.deeds.ids();
    if (ids.length > MOST_FILES) {
      tell(`At most ${MOST_FILES} files at once`, { hint: 'Select fewer photos.', bad: true });
      return;
    }
    for (const id of ids) h('a', { href: original(id), download: '' }).click();
  }
}

/** @param {number[]} ids */
function batches(ids) {
  const found = [];
  for (let at = 0; at < ids.length; at += BATCH) found.push(ids.slice(at, at + BATCH));
  return found;
}
