/** Months of a timeline: the headings of the grid and the marks of the scrubber beside it. */

import { NO_DATE } from './columns.js';

/** @typedef {import('./layout.js').Group} Group */
/** @typedef {import('./layout.js').Layout} Layout */

const MINUTE = 60_000;
const UNDATED = -1;

/**
 * The number of a month since the year 0, -1 where no date is known.
 * @param {number} minute
 */
export function monthOf(minute) {
  if (minute === NO_DATE) return UNDATED;
  const date = new Date(minute * MINUTE);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/**
 * Photos in order of time as groups of one month; photos without a date are the last group.
 * @param {Int32Array} minutes
 * @param {Intl.LocalesArgument} [locale]
 * @returns {(Group & {month: number})[]}
 */
export function byMonth(minutes, locale) {
  const format = new Intl.DateTimeFormat(locale, {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const groups = [];
  let start = 0;
  while (start < minutes.length) {
    const month = monthOf(minutes[start]);
    const end = endOf(minutes, start, month);
    const label = month === UNDATED ? 'No date' : format.format(minutes[start] * MINUTE);
    groups.push({ start, end, label, month });
    start = end;
  }
  return groups;
}

/**
 * The end of the run of one month. Leaps ahead and bisects, because a million dates are many.
 * @param {Int32Array} minutes
 * @param {number} start
 * @param {number} month
 */
function endOf(minutes, start, month) {
  let step = 1;
  while (start + step < minutes.length && monthOf(minutes[start + step]) === month) step *= 2;
  let inside = start + (step >> 1);
  let outside = Math.min(minutes.length, start + step);
  while (outside - inside > 1) {
    const middle = (inside + outside) >> 1;
    if (monthOf(minutes[middle]) === month) inside = middle;
    else outside = middle;
  }
  return outside;
}

/**
 * Marks of a scrubber: each year at its place (0 is the top, 1 the end) and months as dots, as far
 * as there is room between them.
 * @param {Layout} made a layout of groups by month
 * @param {number} length CSS pixels of the scrubber
 * @returns {{at: number, label: string}[]} a dot has no label
 */
export function marks(made, length) {
  const found = [];
  let shown = '';
  let lastLabel = -Infinity;
  let lastMark = -Infinity;
  for (const { group, top } of made.heads) {
    const month = /** @type {Group & {month: number}} */ (group).month;
    const year = month === UNDATED ? '–' : String(Math.floor(month / 12));
    const place = (top / made.height) * length;
    if (year !== shown && place - lastLabel >= LABEL_ROOM) {
      found.push({ at: place / length, label: year });
      shown = year;
      lastLabel = lastMark = place;
    } else if (place - lastMark >= DOT_ROOM && place - lastLabel >= LABEL_ROOM / 2) {
      found.push({ at: place / length, label: '' });
      lastMark = place;
    }
  }
  return found;
}

const LABEL_ROOM = 26;
const DOT_ROOM = 9;
