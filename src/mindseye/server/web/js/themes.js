/** What groups of alike photos are of: where each lies on the map, and what it is called. */

import { columns } from './api.js';
import { ofKind, ofNothing } from './colours.js';

/** @typedef {import('./map-data.js').Mapped} Mapped */
/** @typedef {import('./map-data.js').Colouring} Colouring */

/**
 * @typedef {object} Theme
 * @property {string} name "" where no word says what it is of
 * @property {number[]} points of the map
 */

/** Of the points of a theme, this share at each side does not count for where it lies. */
const STRAY = 0.15;
const LISTED = 12;
const NONE = 255;

/**
 * The themes, the largest first.
 * @param {Mapped} map
 * @returns {Promise<Theme[]>}
 */
export async function themesOf({ photos }) {
  const { columns: found, meta } = await columns('/themes');
  /** @type {Map<number, number>} */
  const place = new Map();
  found.id.forEach((/** @type {number} */ id, /** @type {number} */ at) => {
    place.set(id, found.theme[at]);
  });
  /** @type {Theme[]} */
  const themes = meta.themes.map((/** @type {{name: string}} */ { name }) => ({ name, points: [] }));
  photos.id.forEach((id, point) => themes[place.get(id) ?? NONE]?.points.push(point));
  return themes;
}

/**
 * @param {Mapped} map
 * @param {Theme[]} themes
 * @returns {Colouring}
 */
export function byTheme({ photos }, themes) {
  const kinds = new Uint8Array(photos.id.length).fill(NONE);
  themes.forEach(({ points }, kind) => {
    for (const point of points) kinds[point] = kind;
  });
  const named = [...themes.keys()].filter((kind) => themes[kind].name).slice(0, LISTED);
  return {
    of: (point, dark) => (kinds[point] === NONE ? ofNothing(dark) : ofKind(kinds[point], dark)),
    legend: (dark) =>
      named.map((kind) => ({ colour: ofKind(kind, dark), words: themes[kind].name })),
  };
}

/**
 * The points of a theme without those that lie far from the others.
 * @param {Theme} theme
 * @param {Mapped} map
 */
export function core({ points }, { x, y }) {
  const [left, right] = middle(points.map((point) => x[point]));
  const [top, bottom] = middle(points.map((point) => y[point]));
  const inside = points.filter(
    (point) => x[point] >= left && x[point] <= right && y[point] >= top && y[point] <= bottom,
  );
  return inside.length ? inside : points;
}

/** Where the values in the middle begin and end. @param {number[]} values */
function middle(values) {
  const sorted = values.sort((a, b) => a - b);
  const last = sorted.length - 1;
  return [sorted[Math.floor(last * STRAY)], sorted[Math.ceil(last * (1 - STRAY))]];
}
