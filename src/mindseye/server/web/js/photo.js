/** One photo over everything: turn the page, look closer, read and edit what is known of it. */

import { get, original, send, thumbnail } from './api.js';
import { noPhotos } from './columns.js';
import { fill, h, icon, iconButton } from './dom.js';
import { may, me } from './me.js';
import { MiniMap } from './mini-map.js';
import { attempt, failed, tell } from './notice.js';
import { infoOf } from './photo-info.js';
import { Player } from './player.js';
import { day } from './words.js';
import { Zoom } from './zoom.js';

/** @typedef {import('./columns.js').Photos} Photos */
/** @typedef {import('./photo-info.js').Facts} Facts */

/**
 * @typedef {object} Told
 * @property {(id: number) => void} onturn the photo that is shown now
 * @property {() => void} onclose
 * @property {(id: number) => void} onlike
 * @property {(id: number) => void} onmap
 * @property {(query: string) => void} onsearch
 */

export class PhotoView {
  /** @type {Photos} */
  #photos = noPhotos();
  #place = 0;
  #query = '';
  /** @type {Facts | null} */
  #facts = null;

  /** @param {Told} told */
  constructor(told) {
    this.told = told;
    this.picture = h('img', { class: 'viewer-picture', alt: '', draggable: false });
    this.stage = h('div', { class: 'viewer-stage', tabIndex: -1 }, this.picture);
    this.zoom = new Zoom(this.stage, this.picture, (by) => this.turn(by));
    this.said = h('span', { class: 'viewer-count', role: 'status' });
    this.map = new MiniMap();
    this.drawer = h('aside', { class: 'drawer', 'aria-label': 'About this photo' });
    this.favourite = iconButton('heart', 'Favourite (f)', () => this.#toggleFavourite(), {
      'aria-pressed': 'false',
      class: 'round for-editors',
    });
    this.about = iconButton('info', 'About this photo (i)', () => this.#toggleInfo());
    this.download = h(
      'a',
      {
        class: 'round for-originals',
        'aria-label': 'Download (Shift D)',
        title: 'Download (Shift D)',
        download: '',
      },
      icon('download'),
    );
    this.before = this.#pageButton('left', 'Previous photo', -1);
    this.after = this.#pageButton('right', 'Next photo', 1);
    this.element = h('dialog', { class: 'viewer', 'aria-label': 'Photo' });
    this.player = new Player(this.element, () => this.#advance());
    this.element.append(
      h('div', { class: 'viewer-main' }, this.stage, this.#top(), this.before, this.after),
      this.drawer,
    );
    document.body.append(this.element);
    this.element.addEventListener('cancel', (event) => {
      event.preventDefault();
      if (this.player.isPlaying) this.player.stop();
      else this.told.onclose();
    });
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.#showInfo(localStorage.getItem('info') === 'yes' && innerWidth > 760);
  }

  get isOpen() {
    return this.element.open;
  }

  /** The id of the photo that is shown. */
  get id() {
    return this.#photos.id[this.#place];
  }

  /** Its place among those that are leafed through. */
  get place() {
    return this.#place;
  }

  /**
   * @param {Photos} photos that can be leafed through
   * @param {number} place of the one to show
   * @param {string} query that found them
   */
  open(photos, place, query) {
    this.#photos = photos;
    this.#query = query;
    if (!this.element.open) {
      this.element.showModal();
      this.stage.focus();
    }
    this.#show(place);
  }

  hide() {
    this.player.stop();
    this.element.close();
    this.picture.removeAttribute('src');
  }

  /** @param {number} by */
  turn(by) {
    const place = this.#place + by;
    if (place < 0 || place >= this.#photos.id.length) return;
    this.#show(place);
    this.told.onturn(this.id);
  }

  /** The next photo of a slideshow, the first after the last. */
  #advance() {
    const next = (this.#place + 1) % this.#photos.id.length;
    this.turn(next - this.#place);
  }

  #top() {
    return h(
      'div',
      { class: 'viewer-top' },
      iconButton('close', 'Close (Esc)', () => this.told.onclose()),
      this.said,
      h('span', { class: 'gap' }),
      this.player.element,
      iconButton('similar', 'More like this (s)', () => this.told.onlike(this.id), {
        class: 'round for-viewers',
      }),
      this.favourite,
      this.download,
      this.about,
    );
  }

  /**
   * @param {'left' | 'right'} picture
   * @param {string} label
   * @param {1 | -1} by
   */
  #pageButton(picture, label, by) {
    const said = { class: `round viewer-page ${picture}` };
    return iconButton(picture, label, () => this.turn(by), said);
  }

  /** @param {number} place */
  #show(place) {
    this.#place = place;
    this.#facts = null;
    this.zoom.reset();
    this.player.slides.wait();
    const { id, tag, minute } = this.#photos;
    const many = id.length > 1;
    fill(this.said, many ? `${(place + 1).toLocaleString()} / ${id.length.toLocaleString()}` : '');
    this.before.hidden = place === 0;
    this.after.hidden = place === id.length - 1;
    this.download.href = original(id[place]);
    const date = day(minute[place], { dateStyle: 'long' });
    this.picture.alt = date ? `Photo of ${date}` : 'Photo';
    this.picture.src = thumbnail(id[place], tag[place]);
    void this.#sharpen(id[place]).then(() => {
      if (this.id === id[place] && this.isOpen) this.player.slides.shown();
    });
    void this.#learn(id[place]);
  }

  /** The large picture takes the place of the small one once it is there. @param {number} id */
  async #sharpen(id) {
    const large = new Image();
    large.src = thumbnail(id, this.#photos.tag[this.#place], 1440);
    try {
      await large.decode();
    } catch (error) {
      // A picture that cannot be drawn: the small one, or its description, stays.
      if (!(error instanceof DOMException)) throw error;
      return;
    }
    if (this.id !== id || !this.isOpen) return;
    this.picture.src = large.src;
    for (const by of [1, -1]) {
      const next = this.#place + by;
      if (this.#photos.id[next] === undefined) continue;
      new Image().src = thumbnail(this.#photos.id[next], this.#photos.tag[next], 1440);
    }
  }

  /** @param {number} id */
  async #learn(id) {
    try {
      const facts = await get(`/photos/${id}`, this.#query ? { q: this.#query } : {});
      if (this.id === id) this.#know(facts);
    } catch (error) {
      failed(error);
    }
  }

  /** @param {Facts} facts */
  #know(facts) {
    this.#facts = facts;
    this.favourite.setAttribute('aria-pressed', String(Boolean(facts.metadata.favourite)));
    if (facts.metadata.caption) this.picture.alt = facts.metadata.caption;
    if (this.element.classList.contains('informed')) this.#draw();
  }

  /** Draws the drawer anew; what is being typed in it meanwhile stays. */
  #draw() {
    if (!this.#facts) return;
    const typing = this.drawer.querySelector('input:focus, textarea:focus');
    const { value = '' } = /** @type {HTMLInputElement} */ (typing ?? {});
    this.#fillDrawer(this.#facts);
    if (!typing) return;
    const again = this.drawer.querySelector(`[aria-label="${typing.getAttribute('aria-label')}"]`);
    if (!(again instanceof HTMLInputElement || again instanceof HTMLTextAreaElement)) return;
    again.value = value;
    again.focus();
  }

  /** @param {Facts} facts */
  #fillDrawer(facts) {
    fill(
      this.drawer,
      ...infoOf(facts, {
        onedit: (change) => this.#edit(change),
        onsay: (change) => this.#say(change),
        onsearch: this.told.onsearch,
        onopen: (photos, place) => this.open(photos, place, ''),
        onclose: () => this.#toggleInfo(),
        map: this.map,
      }),
    );
    if (this.map.element.isConnected) void this.map.show(facts.metadata.gps);
  }

  /** @param {Record<string, unknown>} change */
  async #edit(change) {
    await attempt(() => this.#say(change));
  }

  /** Throws where it cannot be said. @param {Record<string, unknown>} change */
  async #say(change) {
    const { id } = this;
    const facts = await send('PATCH', `/photos/${id}`, change);
    if (this.id === id) this.#know({ ...facts, reasons: this.#facts?.reasons ?? null });
  }

  async #toggleFavourite() {
    if (!this.#facts) return;
    const favourite = !this.#facts.metadata.favourite;
    await this.#edit({ favourite });
    tell(favourite ? 'A favourite now' : 'No favourite any more');
  }

  /** @param {number} rating */
  async #rate(rating) {
    await this.#edit({ rating });
    tell(rating ? `Rated ${'★'.repeat(rating)}` : 'Not rated any more');
  }

  #toggleInfo() {
    const shown = !this.element.classList.contains('informed');
    localStorage.setItem('info', shown ? 'yes' : 'no');
    this.#showInfo(shown);
    if (!shown) this.about.focus();
  }

  /** @param {boolean} shown */
  #showInfo(shown) {
    this.element.classList.toggle('informed', shown);
    this.about.setAttribute('aria-expanded', String(shown));
    this.drawer.hidden = !shown;
    if (shown) this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest('input, textarea, select') || event.ctrlKey || event.metaKey) return;
    if (event.key === ' ' && target.closest('button, a')) return;
    if (event.key === ' ' && event.repeat) {
      event.preventDefault();
      this.player.slides.hold();
      return;
    }
    const act = this.#acts()[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** What each key does, for whoever looks. @returns {Record<string, () => void>} */
  #acts() {
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => this.turn(-1),
      ArrowRight: () => this.turn(1),
      ' ': () => this.turn(1),
      Home: () => this.turn(-this.#place),
      End: () => this.turn(this.#photos.id.length - 1 - this.#place),
      i: () => this.#toggleInfo(),
      p: () => this.player.toggle(),
      z: () => this.zoom.toggle(),
      '+': () => this.zoom.by(1.4),
      '-': () => this.zoom.by(1 / 1.4),
    };
    if (me().originals) acts.D = () => this.download.click();
    if (may('viewer')) {
      acts.s = () => this.told.onlike(this.id);
      acts.m = () => this.told.onmap(this.id);
    }
    if (!may('editor')) return acts;
    acts.f = () => void this.#toggleFavourite();
    for (const stars of [0, 1, 2, 3, 4, 5]) acts[stars] = () => void this.#rate(stars);
    return acts;
  }
}
