/** Photos that stand on the map for what is around them: few from far, all of them from near. */

import { thumbnail } from './api.js';
import { h } from './dom.js';

/** @typedef {import('./columns.js').Photos} Photos */
/** @typedef {import('./scatter.js').Scatter} Scatter */

/** Pixels between two landmarks, from far and from near. */
const FAR = 150;
const NEAR = 78;
/** Times closer from which on they stand as close as they can. */
const DEEP = 10;
const MOST = 90;
/** So many points are looked at for places, of all that are in sight. */
const TRIED = 3000;
const SETTLE = 120;

export class Landmarks {
  /** @type {Map<number, HTMLElement>} */
  #shown = new Map();
  #timer = 0;

  /**
   * @param {Scatter} scatter
   * @param {(point: number) => void} onopen
   * @param {(left: number, top: number) => boolean} isCovered by what is more important
   */
  constructor(scatter, onopen, isCovered) {
    this.isCovered = isCovered;
    this.scatter = scatter;
    this.onopen = onopen;
    this.element = h('div', { class: 'landmarks' });
  }

  /** @param {Photos} photos of the points, in their order */
  show(photos) {
    this.photos = photos;
    for (const element of this.#shown.values()) element.remove();
    this.#shown.clear();
    this.follow();
  }

  /** Keeps landmarks at their points, and chooses others once the map has come to rest. */
  follow() {
    const { camera, points } = this.scatter;
    for (const [point, element] of this.#shown) {
      const [left, top] = camera.toScreen(points.x[point], points.y[point]);
      element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#choose(), SETTLE);
  }

  #choose() {
    const wanted = new Set(this.#spread());
    for (const [point, element] of this.#shown) {
      if (wanted.has(point)) continue;
      element.remove();
      this.#shown.delete(point);
    }
    for (const point of wanted) {
      if (!this.#shown.has(point)) this.#shown.set(point, this.#newElement(point));
    }
  }

  /** Points in sight, none too close to another; those that are shown already come first. */
  #spread() {
    const { camera, points, canvas } = this.scatter;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const deep = Math.min(1, Math.log(Math.max(1, camera.closeness)) / Math.log(DEEP));
    const apart = FAR + (NEAR - FAR) * deep;
    /** @type {Map<string, [number, number]>} */
    const taken = new Map();
    const chosen = [];
    for (const point of this.#candidates(width, height)) {
      const [left, top] = camera.toScreen(points.x[point], points.y[point]);
      const inside = left > 30 && top > 30 && left < width - 30 && top < height - 30;
      if (!inside || this.isCovered(left, top) || !isFree(taken, left, top, apart)) continue;
      taken.set(`${Math.floor(left / apart)},${Math.floor(top / apart)}`, [left, top]);
      chosen.push(point);
      if (chosen.length >= MOST) break;
    }
    return chosen;
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  *#candidates(width, height) {
    const { camera, points } = this.scatter;
    for (const point of this.#shown.keys()) if (this.scatter.isLit(point)) yield point;
    const [left, top] = camera.toWorld(0, 0);
    const [right, bottom] = camera.toWorld(width, height);
    const inside = [...points.within({ left, top, right, bottom })];
    const seen = inside.filter((point) => this.scatter.isLit(point));
    const step = Math.max(1, Math.floor(seen.length / TRIED));
    for (let at = 0; at < seen.length; at += step) yield seen[at];
  }

  /** @param {number} point */
  #newElement(point) {
    const photos = /** @type {Photos} */ (this.photos);
    const { camera, points } = this.scatter;
    const [left, top] = camera.toScreen(points.x[point], points.y[point]);
    const picture = h('img', { src: thumbnail(photos.id[point], photos.tag[point], 160), alt: '' });
    const said = { type: 'button', class: 'landmark', 'aria-label': 'Open this photo' };
    const element = h('button', { ...said, onclick: () => this.onopen(point) }, picture);
    element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    this.element.append(element);
    return element;
  }
}

/**
 * Whether nothing stands too close, as far as the cells around tell.
 * @param {Map<string, [number, number]>} taken
 * @param {number} left
 * @param {number} top
 * @param {number} apart
 */
function isFree(taken, left, top, apart) {
  const [column, row] = [Math.floor(left / apart), Math.floor(top / apart)];
  for (let x = column - 1; x <= column + 1; x++) {
    for (let y = row - 1; y <= row + 1; y++) {
      const other = taken.get(`${x},${y}`);
      if (other && Math.hypot(other[0] - left, other[1] - top) < apart) return false;
    }
  }
  return true;
}
