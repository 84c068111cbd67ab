/** Where nothing is found: what would be, were one of the filters given up. */

import { columns } from './api.js';
import { parameters } from './asked.js';
import { without } from './chips.js';
import { fill, h } from './dom.js';
import { counted } from './words.js';

/** @typedef {import('./asked.js').Asked} Asked */
/** @typedef {import('./chips.js').Chip} Chip */
/** @typedef {{words: string, asked: Asked}} Way */

/** Photos that are counted at most. */
const MOST = 200;
/** Ways that are tried at most. */
const TRIED = 6;

/**
 * The queries that ask for a little less, and the one that gives up all filters.
 * @param {Asked} asked
 * @param {Chip[]} chips of its text
 * @returns {Way[]}
 */
export function waysToRelax(asked, chips) {
  const filters = chips.filter(({ kind }) => kind === 'filter');
  const ways = filters.slice(0, TRIED).map((chip) => ({
    words: `Without ${chip.text}`,
    asked: { ...asked, q: without(asked.q, chips, chip) },
  }));
  if (asked.album) {
    ways.push({ words: `Not only in ${asked.album}`, asked: { ...asked, album: '' } });
  }
  if (ways.length < 2) return ways;
  return [...ways, { words: 'Without any filter', asked: freed(asked, chips) }];
}

/**
 * Without any filter: from the last on, so that those before stay where they are.
 * @param {Asked} asked
 * @param {Chip[]} chips
 */
function freed(asked, chips) {
  const terms = chips.filter(({ kind }) => kind === 'term');
  const typed = terms.map(({ text, weight }, at) => {
    const sign = (weight ?? 1) < 0 ? '- ' : at ? '+ ' : '';
    return sign + text;
  });
  return { ...asked, q: wordsOnly(typed.join(' '), chips), album: '' };
}

/**
 * Words without the filters that were read out of them, as in `beach in 2019`.
 * @param {string} text
 * @param {Chip[]} chips
 */
function wordsOnly(text, chips) {
  return chips
    .filter(({ kind }) => kind === 'filter')
    .reduce((left, chip) => left.replace(chip.text, ' '), text)
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Buttons for the ways that find something, with how much; they come as they are counted.
 * @param {Way[]} ways
 * @param {File[]} pictures
 * @param {(asked: Asked) => void} onask
 */
export function relaxing(ways, pictures, onask) {
  const said = h('p', { role: 'status' }, 'Nothing passes these filters.');
  const list = h('div', { class: 'ways' });
  const count = async () => {
    const found = await Promise.all(ways.map((way) => tried(way, pictures)));
    const useful = ways.map((way, at) => ({ way, photos: found[at] })).filter((one) => one.photos);
    fill(list, ...useful.map(({ way, photos }) => button(way, photos, onask)));
    if (useful.length) fill(said, 'Nothing passes all of these filters. Nearest to it:');
    else fill(said, 'Nothing passes these filters. Remove them in the search field.');
  };
  return { element: h('div', { class: 'relaxing' }, said, list), count };
}

/**
 * How many photos are relevant, those above `MOST` not counted.
 * @param {Way} way
 * @param {File[]} pictures
 * @returns {Promise<number>}
 */
async function tried({ asked }, pictures) {
  const said = parameters({ ...asked, sort: '' });
  said.set('limit', String(MOST));
  return (await columns('/search', said, { pictures })).meta.relevant;
}

/**
 * @param {Way} way
 * @param {number} photos
 * @param {(asked: Asked) => void} onask
 */
function button({ words, asked }, photos, onask) {
  const many = photos < MOST ? counted(photos, 'photo') : `${counted(MOST, 'photo')} and more`;
  return h(
    'button',
    { type: 'button', class: 'button', onclick: () => onask(asked) },
    words,
    h('small', {}, many),
  );
}
