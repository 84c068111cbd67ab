/** The photos: everything by month, or what a search finds. */

import { Problem } from './api.js';
import { isEverything, nothing } from './asked.js';
import { noPhotos } from './columns.js';
import { fill, h } from './dom.js';
import { firstRun } from './first-run.js';
import { Grid } from './grid.js';
import { me } from './me.js';
import { byMonth } from './months.js';
import { attempt, failed } from './notice.js';
import { relaxing, waysToRelax } from './relax.js';
import { ResultBar } from './result-bar.js';
import { find, more } from './results.js';
import { Scrubber } from './scrubber.js';
import { SelectionBar } from './selection-bar.js';
import { count, counted } from './words.js';

/** @typedef {import('./asked.js').Asked} Asked */
/** @typedef {import('./columns.js').Photos} Photos */
/** @typedef {import('./results.js').Results} Results */
/** @typedef {import('./search-field.js').SearchField} SearchField */

/**
 * @typedef {object} Told
 * @property {(photos: Photos, place: number) => void} onopen
 * @property {(asked: Asked, pictures: File[]) => void} onask
 * @property {(id: number) => void} onmap
 */

export class PhotosPage {
  /** @type {Results | null} */
  #results = null;
  /** @type {Asked | null} */
  #asked = null;
  /** @type {File[]} */
  #pictures = [];
  #asking = new AbortController();
  #fetching = false;

  /**
   * @param {SearchField} field
   * @param {Told} told
   */
  constructor(field, told) {
    this.field = field;
    this.told = told;
    this.bar = new ResultBar((asked) => told.onask(asked, field.pictures));
    this.message = h('div', { class: 'empty', hidden: true });
    this.shared = h('header', { class: 'shared', hidden: true });
    this.month = h('div', { class: 'month', 'aria-hidden': 'true', hidden: true });
    this.stage = h('div', { class: 'stage' });
    this.grid = new Grid(this.stage, {
      onopen: (place) => told.onopen(this.grid.photos, place),
      onselect: () => this.selected.show(this.grid.selection.size),
      onend: () => void this.#more(),
      onscroll: (top) => this.#scrolled(top),
      onkey: (key) => this.selected.keyAction(key),
    });
    this.scrubber = new Scrubber(this.stage, this.grid);
    this.stage.append(this.month, this.message);
    this.selected = new SelectionBar({
      ids: () => this.grid.acted(),
      clear: () => this.grid.clearSelection(),
      onmap: told.onmap,
      onlike: (name, ids) => told.onask({ ...this.field.asked, [name]: ids }, field.pictures),
    });
    this.element = h('section', { class: 'page photos' }, this.shared, this.bar.element, this.stage);
  }

  /** Whether photos are shown that were picked somewhere else, not searched for. */
  get isPicked() {
    return this.#asked === null && this.photos.id.length > 0;
  }

  /** What is shown. */
  get photos() {
    return this.grid.photos;
  }

  /**
   * Shows what is asked; nothing happens where it is shown already.
   * @param {Asked} asked
   * @param {File[]} pictures
   */
  async show(asked, pictures) {
    const same = JSON.stringify(asked) === JSON.stringify(this.#asked);
    if (same && pictures.every((one, at) => one === this.#pictures[at])) {
      if (pictures.length === this.#pictures.length) return;
    }
    this.#asked = asked;
    this.#pictures = pictures;
    this.#asking.abort();
    this.#asking = new AbortController();
    this.element.setAttribute('aria-busy', 'true');
    try {
      const results = await find(asked, pictures, this.#asking.signal);
      this.field.understood(asked, results.chips, pictures);
      this.#put(results);
    } catch (error) {
      if (!this.#asking.signal.aborted || this.#asked === asked) this.#refused(asked, error);
    } finally {
      if (this.#asked === asked) this.element.setAttribute('aria-busy', 'false');
    }
  }

  /**
   * Shows photos that were picked somewhere else, without a search.
   * @param {Photos} photos
   */
  showOnly(photos) {
    this.#asking.abort();
    this.#asked = null;
    this.#results = null;
    this.field.understood(nothing(), [], []);
    this.bar.hide();
    this.message.hidden = true;
    this.grid.box.hidden = false;
    this.grid.show(photos, groupsOf(photos));
    this.scrubber.draw();
  }

  /** Shows the same anew, after photos were written. */
  async refresh() {
    if (!this.#asked || !isEverything(this.#asked) || this.#pictures.length) return;
    const asked = this.#asked;
    const results = await attempt(() => find(asked, [], this.#asking.signal));
    if (!results || this.#asked !== asked) return;
    this.#results = results;
    if (sameAs(results.photos, this.grid.photos)) return;
    this.grid.refresh(results.photos, groupsOf(results.photos));
    this.#say();
    this.scrubber.draw();
  }

  /** @param {Results} results */
  #put(results) {
    this.#results = results;
    const groups = results.dated ? groupsOf(results.photos) : ranked(results);
    this.grid.show(results.photos, groups);
    this.#say();
    this.scrubber.draw();
  }

  #say() {
    const [asked, results] = [this.#asked, this.#results];
    if (!asked || !results) return;
    const plain = isEverything(asked) && !this.#pictures.length;
    this.#welcomeGuest(plain ? results.photos.id.length : 0);
    if (plain) this.bar.hide();
    else this.bar.show(asked, results, this.#pictures);
    const none = !results.photos.id.length;
    this.message.hidden = !none;
    this.grid.box.hidden = none;
    if (none && plain) fill(this.message, firstRun());
    else if (none) this.#relax(asked, results.chips);
  }

  /**
   * Nothing was found: offers what would be with less asked for.
   * @param {Asked} asked
   * @param {import('./chips.js').Chip[]} chips
   */
  #relax(asked, chips) {
    const pictures = this.#pictures;
    const onask = (/** @type {Asked} */ less) => this.told.onask(less, pictures);
    const offer = relaxing(waysToRelax(asked, chips), pictures, onask);
    fill(this.message, h('h2', {}, 'No photos'), offer.element);
    void attempt(offer.count);
  }

  /** Above all photos of the album that a link leads to. @param {number} photos */
  #welcomeGuest(photos) {
    const { album } = me();
    this.shared.hidden = album === null || !photos;
    fill(this.shared, h('h1', {}, album), h('small', {}, `${counted(photos, 'photo')} shared with you`));
  }

  async #more() {
    const [asked, results] = [this.#asked, this.#results];
    if (!asked || !results || results.complete || this.#fetching) return;
    this.#fetching = true;
    const longer = await attempt(() => more(asked, this.#pictures, results));
    this.#fetching = false;
    if (!longer || this.#results !== results) return;
    this.#results = longer;
    const groups = longer.dated ? groupsOf(longer.photos) : ranked(longer);
    this.grid.extend(longer.photos, groups);
  }

  /**
   * @param {Asked} asked
   * @param {unknown} error
   */
  #refused(asked, error) {
    if (!(error instanceof Problem)) return failed(error);
    this.field.refused(asked, error.offset);
    this.bar.hide();
    this.grid.show(noPhotos(), []);
    this.scrubber.draw();
    this.grid.box.hidden = true;
    this.message.hidden = false;
    fill(this.message, h('h2', { role: 'alert' }, error.message), h('p', {}, error.hint));
  }

  /** @param {number} top */
  #scrolled(top) {
    this.scrubber?.follow(top);
    const group = this.grid.groupAt(top);
    this.month.hidden = !group?.label || top < 8 || this.grid.box.hidden;
    if (!group || this.month.hidden) return;
    fill(this.month, h('b', {}, group.label), h('span', {}, count(group.end - group.start)));
  }
}

/**
 * Whether two lists show the same pictures in the same order.
 * @param {Photos} one
 * @param {Photos} other
 */
function sameAs(one, other) {
  if (one.id.length !== other.id.length) return false;
  return one.id.every((id, at) => id === other.id[at] && one.tag[at] === other.tag[at]);
}

/** @param {Photos} photos */
function groupsOf(photos) {
  return byMonth(photos.minute);
}

/** @param {Results} results */
function ranked({ photos, relevant }) {
  const end = photos.id.length;
  const groups = [];
  if (relevant) groups.push({ start: 0, end: Math.min(relevant, end), label: '' });
  if (relevant < end) {
    const label = relevant ? 'Weaker matches below' : 'The nearest there are';
    groups.push({ start: relevant, end, label });
  }
  return groups;
}
