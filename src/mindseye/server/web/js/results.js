/** What is found, page by page: the timeline of everything, or the answer to a query. */

import { columns } from './api.js';
import { isEverything, parameters } from './asked.js';
import { joined } from './columns.js';

/** @typedef {import('./asked.js').Asked} Asked */
/** @typedef {import('./columns.js').Photos} Photos */
/** @typedef {import('./chips.js').Chip} Chip */

/**
 * @typedef {object} Results
 * @property {Photos} photos
 * @property {boolean} dated whether they come in order of time, newest first
 * @property {boolean} complete whether there are no more
 * @property {number} relevant so many of them, the first, are above the cut-off
 * @property {number | null} total relevant ones of all pages, where that is known
 * @property {Chip[]} chips how the query was understood
 * @property {number} seconds
 * @property {string[]} notices
 * @property {string | null} filter
 * @property {string | null} cursor
 */

/** Hits of the first page, which must come soon, and of those after it. */
const FIRST = 200;
const LATER = 1000;

/**
 * The first page. Hits below the cut-off follow the relevant ones.
 * @param {Asked} asked
 * @param {File[]} pictures searched by
 * @param {AbortSignal} signal
 * @returns {Promise<Results>}
 */
export async function find(asked, pictures, signal) {
  if (isEverything(asked) && !pictures.length) return everything(signal);
  const found = await page(asked, pictures, { limit: FIRST, signal });
  if (!found.dated || found.complete || pictures.length) return found;
  const all = await columns('/timeline', unsorted(asked), { signal });
  const photos = /** @type {Photos} */ (all.columns);
  return { ...found, photos, complete: true, relevant: photos.id.length };
}

/**
 * The results with another page behind them.
 * @param {Asked} asked
 * @param {File[]} pictures
 * @param {Results} known
 * @returns {Promise<Results>}
 */
export async function more(asked, pictures, known) {
  const next = await page(asked, pictures, { limit: LATER, cursor: known.cursor });
  return {
    ...next,
    photos: joined(known.photos, next.photos),
    relevant: known.relevant + next.relevant,
    total: known.total,
    seconds: known.seconds,
  };
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<Results>}
 */
async function everything(signal) {
  const photos = /** @type {Photos} */ ((await columns('/timeline', {}, { signal })).columns);
  const length = photos.id.length;
  return {
    photos,
    dated: true,
    complete: true,
    relevant: length,
    total: length,
    chips: [],
    seconds: 0,
    notices: [],
    filter: null,
    cursor: null,
  };
}

/**
 * @param {Asked} asked
 * @param {File[]} pictures
 * @param {{limit: number, cursor?: string | null, signal?: AbortSignal}} how
 * @returns {Promise<Results>}
 */
async function page(asked, pictures, { limit, cursor, signal }) {
  const said = parameters(asked);
  said.set('limit', String(limit));
  if (cursor) said.set('after', cursor);
  if (!asked.sort) said.set('everything', 'true');
  const { columns: photos, meta } = await columns('/search', said, { signal, pictures });
  const terms = meta.chips.some((/** @type {Chip} */ chip) => chip.kind === 'term');
  const ranked = terms || asked.like.length || asked.unlike.length || pictures.length;
  const sorted = meta.chips.some((/** @type {Chip} */ chip) => chip.kind === 'sort');
  return {
    photos: /** @type {Photos} */ (photos),
    dated: asked.sort === 'newest' || (!ranked && !sorted),
    complete: !meta.more,
    relevant: meta.relevant,
    total: meta.total,
    chips: meta.chips,
    seconds: meta.seconds,
    notices: meta.notices,
    filter: meta.filter,
    cursor: meta.more,
  };
}

/** @param {Asked} asked */
function unsorted(asked) {
  return parameters({ ...asked, sort: '' });
}
