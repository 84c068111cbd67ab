/** What jobs of each kind do and did, in words. */

import { count } from './words.js';

/** @typedef {import('./live.js').Job} Job */

/** @type {Record<string, string>} */
export const DOING = {
  ingest: 'Taking photos in',
  reencode: 'Changing the encoder',
  locate: 'Looking up places',
  'read-text': 'Reading the text in pictures',
  check: 'Looking for damage',
  forget: 'Forgetting photos whose files are gone',
  fetch: 'Fetching an encoder',
  'build-index': 'Building the index',
  evaluate: 'Comparing encoders',
  'write-xmp': 'Writing what was said beside the photos',
};

/** What is looked for before it is known how much there is to do. @type {Record<string, string>} */
const BEFORE = {
  ingest: 'Looking for files',
  reencode: 'Loading the encoder',
  'read-text': 'Looking for pictures',
  fetch: 'Asking for its files',
};

/** Counts of reports, those of lists included. @type {Record<string, string>} */
const COUNTED = {
  added: 'added',
  updated: 'updated',
  moved: 'moved',
  unchanged: 'unchanged',
  missing: 'gone',
  skipped: 'skipped',
  skipped_before: 'skipped as before',
  unavailable: 'folders that could not be read',
  encoded: 'encoded',
  left: 'left out',
  dropped: 'old ones removed',
  read: 'read',
  with_text: 'with text',
  waiting: 'waiting',
  located: 'with a place now',
  problems: 'found damaged',
  forgotten: 'forgotten',
  written: 'files written',
};

/** @param {Job} job */
export function title({ kind }) {
  return DOING[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('-', ' ');
}

/** What is done while nothing can be counted yet. @param {Job} job */
export function beforeCounting({ kind }) {
  return BEFORE[kind] ?? 'At work';
}

/**
 * The counts of a report; what is zero is left out.
 * @param {Record<string, unknown>} said
 */
export function reported(said) {
  const known = Object.entries(COUNTED).filter(([name]) => name in said);
  const found = known.flatMap(([name, words]) => {
    // Of long lists only the first entries come, and their length beside them.
    const number = Number(said[`${name}_count`] ?? said[name]);
    return number > 0 ? [`${count(number)} ${words}`] : [];
  });
  return found.join(' · ') || (known.length ? 'Nothing had to be done' : '');
}
