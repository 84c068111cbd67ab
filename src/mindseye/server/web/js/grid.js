/** The grid: photos in justified rows, of which only those in sight are elements of the page. */

import { noPhotos } from './columns.js';
import { h } from './dom.js';
import { keyAction } from './grid-keys.js';
import { lastAtMost, layout, neighbour, rowOf } from './layout.js';
import { LongPress } from './press.js';
import { Selection } from './selection.js';
import { Sheet } from './sheet.js';
import { baseFor, mustMove, ROOM } from './slide.js';

/** @typedef {import('./columns.js').Photos} Photos */
/** @typedef {import('./layout.js').Group} Group */
/** @typedef {import('./layout.js').Layout} Layout */

/**
 * @typedef {object} Told
 * @property {(place: number) => void} onopen
 * @property {() => void} onselect
 * @property {() => void} onend the end is near: more may be fetched
 * @property {(top: number) => void} onscroll
 * @property {(key: string) => (() => void) | undefined} onkey what else a key does
 */

/** Below the last row. */
const FOOT = 40;
/** Heights of screen that are drawn above and below what is seen. */
const BEYOND = 0.6;
/** Faster than this, in pixels a millisecond, no thumbnail is asked for. */
const FLING = 8;
/** Milliseconds after which a fling is over. */
const SETTLED = 90;
/** Heights of rows to choose from, and the usual ones on wide and narrow screens. */
const HEIGHTS = [80, 118, 150, 190, 240, 300, 380];
const USUAL = { wide: 190, narrow: 118 };

const { min, max } = Math;

export class Grid {
  /** @type {Photos} */
  photos = noPhotos();
  /** @type {Layout | null} */
  made = null;
  selection = new Selection();
  /** The photo that keys act on. */
  current = 0;

  /** @type {Group[]} */
  #groups = [];
  #base = 0;
  #frame = 0;
  #settling = 0;
  #last = { top: 0, time: 0 };
  #step = Number(localStorage.getItem('row') ?? 0);

  /**
   * @param {HTMLElement} host
   * @param {Told} told
   */
  constructor(host, told) {
    this.told = told;
    this.sheet = new Sheet({
      isChosen: (place) => this.selection.has(place),
      isCurrent: (place) => place === this.current,
      ongroup: ({ start, end }) => this.#select(() => this.selection.toggleAll(start, end)),
    });
    this.box = h(
      'div',
      {
        class: 'grid',
        id: 'grid',
        tabIndex: 0,
        role: 'listbox',
        'aria-label': 'Photos',
        'aria-multiselectable': 'true',
        onscroll: () => this.#queue(),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
        onclick: (/** @type {MouseEvent} */ event) => this.#click(event),
      },
      this.sheet.element,
    );
    this.press = new LongPress(this.box, (event) => {
      const place = this.#placeOf(event);
      if (place !== null) this.toggle(place);
    });
    host.append(this.box);
    new ResizeObserver(() => this.#arrange()).observe(this.box);
  }

  /**
   * Shows photos from the first on; nothing is selected.
   * @param {Photos} photos
   * @param {Group[]} groups
   */
  show(photos, groups) {
    this.made = null;
    this.current = 0;
    this.#base = 0;
    this.box.scrollTop = 0;
    this.#put(photos, groups);
    this.clearSelection();
  }

  /**
   * Shows photos of which those seen so far are the first; the place and selection are kept.
   * @param {Photos} photos
   * @param {Group[]} groups
   */
  extend(photos, groups) {
    this.#put(photos, groups);
  }

  /**
   * Shows the same list after it changed: the photo at the top stays there.
   * @param {Photos} photos
   * @param {Group[]} groups
   */
  refresh(photos, groups) {
    const chosen = new Set(this.chosen());
    const anchor = this.#anchor();
    const [first, focused] = [this.photos.id[anchor.photo], this.photos.id[this.current]];
    this.#put(photos, groups);
    const place = photos.id.indexOf(first);
    if (anchor.photo && place >= 0) this.#scrollTo(place, anchor.within);
    this.current = max(0, photos.id.indexOf(focused));
    this.#select(() => {
      this.selection.clear();
      photos.id.forEach((id, at) => chosen.has(id) && this.selection.toggle(at));
    });
  }

  /** CSS pixels from the top of the whole list. */
  get top() {
    return this.#base + this.box.scrollTop;
  }

  set top(wanted) {
    const top = max(0, min(this.length - this.box.clientHeight, wanted));
    const outside = top < this.#base || top > this.#base + ROOM;
    if (outside || mustMove(top - this.#base, this.#base, this.length)) this.#moveTo(top);
    this.box.scrollTop = top - this.#base;
    this.#queue();
  }

  /** CSS pixels of the whole list. */
  get length() {
    return (this.made?.height ?? 0) + FOOT;
  }

  /** How many rows are seen at once, about. */
  get rowsSeen() {
    return Math.floor(this.box.clientHeight / this.#target());
  }

  /**
   * The group that is at the top of what is seen.
   * @param {number} top
   */
  groupAt(top) {
    const heads = this.made?.heads ?? [];
    return heads.findLast((head) => head.top <= top)?.group ?? heads[0]?.group;
  }

  /**
   * Brings a photo into sight and makes it the current one.
   * @param {number} place
   */
  reveal(place) {
    if (!this.made) return;
    this.current = place;
    const row = rowOf(this.made, place);
    const [top, height] = [this.made.tops[row], this.made.heights[row]];
    const view = this.box.clientHeight;
    if (top < this.top + 60) this.top = top - 60;
    else if (top + height > this.top + view) this.top = top + height - view + 20;
    this.#draw();
    this.sheet.mark();
  }

  /** The ids of what is selected, in order. */
  chosen() {
    return this.selection.sorted().map((place) => this.photos.id[place]);
  }

  /** The ids that a deed is about: what is selected, or else the current photo. */
  acted() {
    return this.selection.size ? this.chosen() : [...this.photos.id.slice(this.current, this.current + 1)];
  }

  clearSelection() {
    this.#select(() => this.selection.clear());
  }

  selectAll() {
    this.#select(() => this.selection.addAll(0, this.photos.id.length));
  }

  /** @param {number} place */
  toggle(place) {
    this.current = place;
    this.#select(() => this.selection.toggle(place));
  }

  /** @param {number} place */
  extendTo(place) {
    this.current = place;
    this.#select(() => this.selection.extend(place));
  }

  /**
   * Makes a photo the current one; selecting, all up to it are selected.
   * @param {number} place
   * @param {boolean} selecting
   */
  go(place, selecting) {
    if (selecting) {
      if (!this.selection.size) this.selection.toggle(this.current);
      this.extendTo(place);
    }
    this.reveal(place);
  }

  /**
   * @param {'left' | 'right' | 'up' | 'down'} way
   * @param {number} times
   * @param {boolean} selecting
   */
  step(way, times, selecting) {
    let place = this.current;
    for (let time = 0; time < times && this.made; time++) {
      place = neighbour(this.made, this.photos.aspect, place, way);
    }
    this.go(place, selecting);
  }

  /** @param {number} by steps of row height, larger or smaller */
  zoom(by) {
    this.#step = max(-HEIGHTS.length, min(HEIGHTS.length, this.#step + by));
    localStorage.setItem('row', String(this.#step));
    this.#arrange();
  }

  #target() {
    const usual = this.box.clientWidth < 600 ? USUAL.narrow : USUAL.wide;
    return HEIGHTS[max(0, min(HEIGHTS.length - 1, HEIGHTS.indexOf(usual) + this.#step))];
  }

  /**
   * @param {Photos} photos
   * @param {Group[]} groups
   */
  #put(photos, groups) {
    this.photos = photos;
    this.#groups = groups;
    this.#arrange();
  }

  #arrange() {
    const width = this.sheet.element.clientWidth;
    if (!width) return;
    const anchor = this.#anchor();
    this.made = layout(this.photos.aspect, this.#groups, { width, target: this.#target() });
    this.sheet.element.style.height = `${min(ROOM, this.length)}px`;
    this.sheet.clear();
    if (anchor.photo) this.#scrollTo(anchor.photo, anchor.within);
    this.#draw();
  }

  /** The first photo in sight, and how far its row has been scrolled past. */
  #anchor() {
    if (!this.made?.tops.length || this.top <= 0) return { photo: 0, within: 0 };
    const row = lastAtMost(this.made.tops, this.top);
    return { photo: this.made.starts[row], within: this.top - this.made.tops[row] };
  }

  /**
   * @param {number} photo
   * @param {number} within
   */
  #scrollTo(photo, within) {
    if (this.made) this.top = this.made.tops[rowOf(this.made, photo)] + within;
  }

  /** @param {number} top that shall stand in the middle of the sheet */
  #moveTo(top) {
    const base = baseFor(top, this.length);
    if (base === this.#base) return;
    this.#base = base;
    this.sheet.clear();
  }

  #queue() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    if (!this.made) return;
    const [top, view] = [this.top, this.box.clientHeight];
    if (mustMove(this.box.scrollTop, this.#base, this.length)) {
      this.#moveTo(top);
      this.box.scrollTop = top - this.#base;
    }
    const flung = this.#speed(top) > FLING;
    const scene = { made: this.made, photos: this.photos, base: this.#base };
    this.sheet.draw(scene, top - view * BEYOND, top + view * (1 + BEYOND), !flung);
    const id = this.sheet.idOf(this.current);
    if (id) this.box.setAttribute('aria-activedescendant', id);
    else this.box.removeAttribute('aria-activedescendant');
    clearTimeout(this.#settling);
    if (flung) this.#settling = setTimeout(() => this.#draw(), SETTLED);
    this.told.onscroll(top);
    if (top + 3 * view > this.length) this.told.onend();
  }

  /** @param {number} top */
  #speed(top) {
    const time = performance.now();
    const speed = Math.abs(top - this.#last.top) / max(1, time - this.#last.time);
    this.#last = { top, time };
    return speed;
  }

  /** @param {() => void} change of the selection */
  #select(change) {
    change();
    this.box.classList.toggle('selecting', this.selection.size > 0);
    this.sheet.mark();
    this.told.onselect();
  }

  /** @param {Event} event */
  #placeOf(event) {
    const tile = /** @type {HTMLElement} */ (event.target).closest('.tile');
    return tile instanceof HTMLElement ? Number(tile.dataset.place) : null;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const place = this.#placeOf(event);
    if (place === null || this.press.isDone) return;
    const onTick = /** @type {HTMLElement} */ (event.target).closest('.tick');
    const adding = onTick || event.ctrlKey || event.metaKey || this.selection.size > 0;
    if (event.shiftKey) this.extendTo(place);
    else if (adding) this.toggle(place);
    else {
      this.current = place;
      this.told.onopen(place);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const act = this.made && keyAction(this, event);
    if (!act) return;
    event.preventDefault();
    act();
  }
}
