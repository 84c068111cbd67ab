/** What of the grid is drawn: tiles and headings in sight, used again as it is scrolled. */

import { h, icon } from './dom.js';
import { boxes, lastAtMost } from './layout.js';
import { dress, newTile, picture, undress } from './tile.js';
import { count } from './words.js';

/** @typedef {import('./columns.js').Photos} Photos */
/** @typedef {import('./layout.js').Group} Group */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./tile.js').Tile} Tile */

/**
 * What is laid out, and where the sheet begins in it, in CSS pixels.
 * @typedef {{made: Layout, photos: Photos, base: number}} Scene
 */

/**
 * @typedef {object} Asked
 * @property {(place: number) => boolean} isChosen
 * @property {(place: number) => boolean} isCurrent
 * @property {(group: Group) => void} ongroup the tick of a heading was clicked
 */

export class Sheet {
  /** @type {Map<number, Tile>} */
  #tiles = new Map();
  /** @type {Tile[]} */
  #spare = [];
  /** @type {Map<Group, HTMLElement>} */
  #heads = new Map();

  /** @param {Asked} asked */
  constructor(asked) {
    this.asked = asked;
    this.element = h('div', { class: 'grid-sheet', role: 'presentation' });
  }

  /**
   * The id of the element that stands for a photo, while it is drawn.
   * @param {number} place
   */
  idOf(place) {
    return this.#tiles.get(place)?.element.id;
  }

  clear() {
    for (const tile of this.#tiles.values()) this.#release(tile);
    this.#tiles.clear();
    for (const head of this.#heads.values()) head.remove();
    this.#heads.clear();
  }

  /**
   * Draws what lies between two heights, and nothing else.
   * @param {Scene} scene
   * @param {number} from
   * @param {number} to
   * @param {boolean} pictured whether pictures are asked for
   */
  draw(scene, from, to, pictured) {
    const { made, photos } = scene;
    const wanted = new Set();
    for (
      let row = lastAtMost(made.tops, from);
      row < made.tops.length && made.tops[row] <= to;
      row++
    ) {
      for (const box of boxes(made, photos.aspect, row)) {
        wanted.add(box.photo);
        const tile = this.#tiles.get(box.photo) ?? this.#place(scene, row, box);
        if (pictured) picture(tile, photos, box.photo);
      }
    }
    for (const [place, tile] of this.#tiles) {
      if (wanted.has(place)) continue;
      this.#release(tile);
      this.#tiles.delete(place);
    }
    this.#drawHeads(scene, from, to);
  }

  /** Shows anew which photos are selected, and which is the current one. */
  mark() {
    for (const [place, tile] of this.#tiles) this.#mark(place, tile);
  }

  /**
   * @param {Scene} scene
   * @param {number} row
   * @param {{photo: number, left: number, width: number}} box
   */
  #place({ made, photos, base }, row, { photo, left, width }) {
    const tile = this.#spare.pop() ?? newTile();
    dress(tile, photos, photo, {
      left,
      top: made.tops[row] - base,
      width,
      height: made.heights[row],
    });
    this.#mark(photo, tile);
    this.#tiles.set(photo, tile);
    this.element.append(tile.element);
    return tile;
  }

  /**
   * @param {number} place
   * @param {Tile} tile
   */
  #mark(place, { element }) {
    const chosen = this.asked.isChosen(place);
    element.classList.toggle('chosen', chosen);
    element.classList.toggle('current', this.asked.isCurrent(place));
    element.setAttribute('aria-selected', String(chosen));
  }

  /** @param {Tile} tile */
  #release(tile) {
    undress(tile);
    this.#spare.push(tile);
  }

  /**
   * @param {Scene} scene
   * @param {number} from
   * @param {number} to
   */
  #drawHeads({ made, base }, from, to) {
    for (const { group, top } of made.heads) {
      const seen = top > from && top < to;
      const head = this.#heads.get(group);
      if (seen && !head) this.#heads.set(group, this.#newHead(group, top - base));
      if (seen || !head) continue;
      head.remove();
      this.#heads.delete(group);
    }
  }

  /**
   * @param {Group} group
   * @param {number} top
   */
  #newHead(group, top) {
    const tick = h('span', { class: 'tick', title: 'Select all of these' }, icon('check', 16));
    tick.addEventListener('click', () => this.asked.ongroup(group));
    const head = h(
      'div',
      { class: 'grid-head', role: 'presentation' },
      h('b', {}, group.label),
      h('span', {}, count(group.end - group.start)),
      tick,
    );
    head.style.top = `${top}px`;
    this.element.append(head);
    return head;
  }
}
