/** Numbers and moments as people read them, in the language of the browser. */

import { NO_DATE } from './columns.js';

const MINUTE = 60_000;
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** @param {number} number */
export function count(number) {
  return number.toLocaleString();
}

/**
 * A count with its noun: `1 photo`, `2,041 photos`.
 * @param {number} number
 * @param {string} noun
 */
export function counted(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * A day from minutes since 1970 by the clock of the place; "" where no date is known.
 * @param {number} minute
 * @param {Intl.DateTimeFormatOptions} [how]
 */
export function day(minute, how = { dateStyle: 'medium' }) {
  if (minute === NO_DATE) return '';
  return new Intl.DateTimeFormat(undefined, { ...how, timeZone: 'UTC' }).format(minute * MINUTE);
}

/**
 * Wall time as the API gives it (`2023-04-05T12:30:00`), taken as it stands.
 * @param {string} text
 * @param {Intl.DateTimeFormatOptions} how
 */
export function moment(text, how) {
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  return new Intl.DateTimeFormat(undefined, { ...how, timeZone: 'UTC' }).format(new Date(zoned));
}

/**
 * A moment by the clock of the browser.
 * @param {number} seconds since 1970
 * @param {Intl.DateTimeFormatOptions} how
 */
export function instant(seconds, how) {
  return new Intl.DateTimeFormat(undefined, how).format(seconds * 1000);
}

/** @param {number} number of bytes */
export function bytes(number) {
  let [size, unit] = [number, 0];
  while (size >= 1000 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${size < 10 && unit ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** @param {number} share of 1 */
export function percent(share) {
  return `${Math.round(share * 100)} %`;
}
