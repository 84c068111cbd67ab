/** The names of themes on the map, where they lie; of names that would cover another the larger stay. */

import { fill, h } from './dom.js';
import { core } from './themes.js';

/** @typedef {import('./themes.js').Theme} Theme */
/** @typedef {import('./map-data.js').Mapped} Mapped */
/** @typedef {import('./scatter.js').Scatter} Scatter */
/** @typedef {{theme: Theme, x: number, y: number, element: HTMLElement, width: number}} Label */

const HIGH = 30;
/** Pixels of a letter, and of what stands around the letters. */
const LETTER = 8.5;
const AROUND = 30;
/** Pixels of a picture that must not stand behind a name. */
const PICTURE = 52;
/** A name stands so far below the middle of its theme, where a picture has room. */
const BELOW = 44;

export class ThemeLabels {
  /** @type {Label[]} */
  #labels = [];
  /** Middle, top and width of the names that are shown. @type {[number, number, number][]} */
  #taken = [];

  /**
   * @param {Scatter} scatter
   * @param {(theme: Theme) => void} onchoose
   */
  constructor(scatter, onchoose) {
    this.scatter = scatter;
    this.onchoose = onchoose;
    this.element = h('div', { class: 'theme-labels', role: 'group', 'aria-label': 'Themes' });
  }

  /**
   * @param {Theme[]} themes the largest first
   * @param {Mapped} map
   */
  show(themes, map) {
    const shown = themes.filter(({ name, points }) => name && points.length);
    this.#labels = shown.map((theme) => this.#label(theme, map));
    fill(this.element, ...this.#labels.map(({ element }) => element));
    this.follow();
  }

  /**
   * @param {Theme} theme
   * @param {Mapped} map
   */
  #label(theme, map) {
    const points = core(theme, map);
    const mean = (/** @type {Float32Array} */ values) =>
      points.reduce((sum, point) => sum + values[point], 0) / points.length;
    const element = h(
      'button',
      { type: 'button', class: 'theme-label', onclick: () => this.onchoose(theme) },
      theme.name,
    );
    const width = theme.name.length * LETTER + AROUND;
    return { theme, x: mean(map.x), y: mean(map.y), element, width };
  }

  /**
   * Whether a picture would stand behind a name.
   * @param {number} left of its middle
   * @param {number} top
   */
  isAt(left, top) {
    const high = (HIGH + PICTURE) / 2;
    return this.#taken.some(
      ([other, above, wide]) =>
        Math.abs(left - other) < (wide + PICTURE) / 2 && Math.abs(top - above) < high,
    );
  }

  /** Keeps names where their themes are. */
  follow() {
    const { camera, canvas } = this.scatter;
    const [right, bottom] = [canvas.clientWidth, canvas.clientHeight];
    /** @type {[number, number, number][]} */
    const taken = (this.#taken = []);
    for (const { x, y, element, width } of this.#labels) {
      const [at, middle] = camera.toScreen(x, y);
      const top = middle + BELOW;
      const inside = at > 0 && top > 0 && at < right && top < bottom;
      // What lies near an edge is named inside of it.
      const left = Math.max(width / 2, Math.min(right - width / 2, at));
      const free = taken.every(
        ([other, above, wide]) =>
          Math.abs(left - other) > (width + wide) / 2 || Math.abs(top - above) > HIGH,
      );
      element.hidden = !inside || !free;
      if (element.hidden) continue;
      taken.push([left, top, width]);
      element.style.transform = `translate(${left}px, ${top}px) translate(-50%, -50%)`;
    }
  }
}
