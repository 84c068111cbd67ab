/** What the map shows of each point: its photo, and what the colours can stand for. */

import { columns, get } from './api.js';
import { known, NO_DATE } from './columns.js';
import { ofKind, ofNothing, ofShare } from './colours.js';

/** @typedef {import('./columns.js').Photos} Photos */
/** @typedef {import('./colours.js').Rgb} Rgb */

/**
 * @typedef {object} Mapped
 * @property {Photos} photos in the order of the points
 * @property {Float32Array} x
 * @property {Float32Array} y
 */

/**
 * @typedef {object} Colouring
 * @property {(point: number, dark: boolean) => Rgb} of
 * @property {(dark: boolean) => {colour: Rgb, words: string}[]} legend
 */

const LISTED = 12;
const MOST_HITS = 10_000;

/** @returns {Promise<Mapped>} */
export async function mapped() {
  const [map, timeline] = await Promise.all([columns('/map'), columns('/timeline')]);
  const { id, x, y } = map.columns;
  const { photos, places } = known(/** @type {Photos} */ (timeline.columns), id);
  return {
    photos,
    x: Float32Array.from(places, (at) => x[at]),
    y: Float32Array.from(places, (at) => y[at]),
  };
}

/**
 * The relevant photos of a query: place of each on the map, and its score.
 * @param {Mapped} map
 * @param {string} q
 * @returns {Promise<Map<number, number>>}
 */
export async function matches({ photos }, q) {
  const found = await columns('/search', { q, limit: MOST_HITS });
  /** @type {Map<number, number>} */
  const points = new Map();
  photos.id.forEach((id, point) => points.set(id, point));
  /** @type {Map<number, number>} */
  const scores = new Map();
  const { id, score } = found.columns;
  for (let at = 0; at < Math.min(found.meta.relevant, id.length); at++) {
    const point = points.get(id[at]);
    if (point !== undefined) scores.set(point, score[at]);
  }
  return scores;
}

/**
 * @param {Mapped} map
 * @returns {Colouring}
 */
export function byYear({ photos }) {
  const years = Int32Array.from(photos.minute, (minute) =>
    minute === NO_DATE ? 0 : new Date(minute * 60_000).getUTCFullYear(),
  );
  const listed = [...new Set(years)].filter(Boolean).sort((a, b) => b - a);
  const [last, span] = [listed[0] ?? 0, Math.max(1, (listed[0] ?? 0) - (listed.at(-1) ?? 0))];
  /** @type {(year: number, dark: boolean) => Rgb} */
  const colour = (year, dark) => (year ? ofShare(1 - (last - year) / span, dark) : ofNothing(dark));
  return {
    of: (point, dark) => colour(years[point], dark),
    legend: (dark) =>
      thinned(listed).map((year) => ({ colour: colour(year, dark), words: String(year) })),
  };
}

/**
 * Albums in the order of their names; a photo in several has the colour of the first.
 * @param {Mapped} map
 * @returns {Promise<Colouring>}
 */
export async function byAlbum({ photos }) {
  /** @type {{name: string}[]} */
  const albums = (await get('/albums')).slice(0, LISTED);
  /** @type {Map<number, number>} */
  const album = new Map();
  const found = await Promise.all(albums.map(({ name }) => columns('/timeline', { album: name })));
  found.reverse().forEach(({ columns: { id } }, at) => {
    for (const one of id) album.set(one, albums.length - 1 - at);
  });
  return {
    of: (point, dark) => {
      const kind = album.get(photos.id[point]);
      return kind === undefined ? ofNothing(dark) : ofKind(kind, dark);
    },
    legend: (dark) => albums.map(({ name }, kind) => ({ colour: ofKind(kind, dark), words: name })),
  };
}

/**
 * @param {Map<number, number>} scores of the points that match
 * @returns {Colouring}
 */
export function byScore(scores) {
  const values = [...scores.values()];
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    of: (point, dark) => {
      const score = scores.get(point);
      if (score === undefined) return ofNothing(dark);
      return ofShare(most > least ? (score - least) / (most - least) : 1, dark);
    },
    legend: (dark) => [
      { colour: ofShare(1, dark), words: 'best match' },
      { colour: ofShare(0, dark), words: 'weakest match' },
    ],
  };
}

/** @param {number[]} years */
function thinned(years) {
  const step = Math.ceil(years.length / LISTED);
  return years.filter((_, at) => at % step === 0);
}
