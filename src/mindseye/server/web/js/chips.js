/**
 * A query as chips: each is a part of the text that was typed, so editing a chip edits the text.
 * How a query is written is documented in `docs/reference/query.md`.
 */

/**
 * A part of a query as the server understood it.
 * @typedef {object} Chip
 * @property {'term' | 'filter' | 'sort' | 'frame'} kind
 * @property {string} text as it was typed
 * @property {number} start
 * @property {number} end
 * @property {string} means the same in the language of queries, or in words
 * @property {number | null} [weight] of a term; negative ones push away
 * @property {boolean} [typed] false where it was read out of a sentence
 */

const SIGN_BEFORE = /(?:^|\s)([+-])\s*$/;
const SIGN_AFTER = /^\s*\+(?=\s)/;
const FILTER = /^-?\(?[a-z_]+:/i;
const QUOTED = /^["“「]/;

/**
 * A query with more typed behind it: words become a term of their own, filters stand beside.
 * @param {string} query
 * @param {string} more
 */
export function withMore(query, more) {
  const [start, added] = [query.trim(), more.trim()];
  if (!start || !added) return start || added;
  if (FILTER.test(added)) return `${start} ${added}`;
  const sign = /^([+-])\s*(.+)$/s.exec(added);
  const [way, words] = sign ? [sign[1], sign[2]] : ['+', added];
  return `${start} ${way} ${words}`;
}

/**
 * A query without one of its chips; chips within the part that goes stay.
 * @param {string} query
 * @param {Chip[]} chips
 * @param {Chip} gone
 */
export function without(query, chips, gone) {
  const inner = chips
    .filter((chip) => chip !== gone && chip.start >= gone.start && chip.end <= gone.end)
    .map((chip) => chip.text);
  let before = query.slice(0, gone.start);
  let after = query.slice(gone.end);
  if (gone.kind === 'term') {
    const sign = SIGN_BEFORE.exec(before);
    if (sign) before = before.slice(0, sign.index);
    else after = after.replace(SIGN_AFTER, '');
  }
  return tidied([before, ...inner, after].join(' '));
}

/**
 * A query in which a term says other words, or with another weight.
 * @param {string} query
 * @param {Chip} chip a term
 * @param {string} words
 * @param {number} weight negative to push away
 */
export function withTerm(query, chip, words, weight) {
  let before = query.slice(0, chip.start);
  const sign = SIGN_BEFORE.exec(before);
  if (sign) before = before.slice(0, sign.index);
  const first = !before.trim();
  const way = weight < 0 ? '-' : sign || !first ? '+' : '';
  const lead = first && way === '+' ? '' : way;
  return tidied([before, lead, weighted(words, Math.abs(weight)), query.slice(chip.end)].join(' '));
}

/**
 * A query in which a filter is written otherwise.
 * @param {string} query
 * @param {Chip} chip
 * @param {string} text
 */
export function withText(query, chip, text) {
  return tidied([query.slice(0, chip.start), text, query.slice(chip.end)].join(' '));
}

/**
 * What a chip shows: `not people`, `2 × dog`, `date:2023`.
 * @param {Chip} chip
 */
export function shown(chip) {
  if (chip.kind !== 'term') return chip.text;
  const weight = chip.weight ?? 1;
  const times = Math.abs(weight) === 1 ? '' : `${Math.abs(weight)} × `;
  return `${weight < 0 ? 'not ' : ''}${times}${chip.means}`;
}

/**
 * @param {string} words
 * @param {number} weight
 */
function weighted(words, weight) {
  if (weight === 1) return words;
  return `${weight}:${QUOTED.test(words) || !/\s/.test(words) ? words : `"${words}"`}`;
}

/** @param {string} query */
function tidied(query) {
  return query.replace(/\s+/g, ' ').trim();
}
