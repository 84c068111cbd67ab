/** What was said of a photo: taken back, or written into the XMP file beside it. */

import { ask } from './dialog.js';
import { h, icon } from './dom.js';
import { may } from './me.js';
import { writeXmp } from './write-xmp.js';

/** @typedef {import('./photo-edit.js').Say} Say */

/** Field -> how it is called, and the name under which it is taken back. */
const NAMES = {
  taken_at: ['date', 'date'],
  gps: ['position', 'gps'],
  place: ['place', 'place'],
  rating: ['stars', 'rating'],
  favourite: ['favourite', 'favourite'],
  title: ['title', 'title'],
  caption: ['caption', 'caption'],
  keywords: ['tags', 'keywords'],
};

/**
 * @param {import('./photo-info.js').Facts} facts
 * @param {Say} say
 */
export function said({ id, name, metadata }, say) {
  const own = Object.entries(NAMES).filter(([field]) => metadata.sources[field] === 'user');
  if (!may('editor') || !own.length) return [];
  const words = own.map(([, [word]]) => word).join(', ');
  const head = words[0].toUpperCase() + words.slice(1);
  const deeds = [
    deed('file', 'Write to XMP', () => writeXmp(id)),
    deed('close', 'Take back', () => takeBack(name, words, () => say({ revert: own.map(revert) }))),
  ];
  return [
    h('h3', {}, 'What was said here'),
    h('p', { class: 'faint' }, `${head}: kept in the library, the photo is untouched.`),
    h('div', { class: 'actions said' }, ...deeds),
  ];
}

/** @param {[string, string[]]} entry */
function revert([, [, back]]) {
  return back;
}

/**
 * @param {keyof typeof import('./icons.js').ICONS} picture
 * @param {string} words
 * @param {() => void} onclick
 */
function deed(picture, words, onclick) {
  const shown = { type: 'button', class: 'button small', 'aria-label': words, onclick };
  return h('button', shown, icon(picture, 16), words);
}

/**
 * @param {string} name of the photo
 * @param {string} words what is taken back
 * @param {() => Promise<void>} onsubmit
 */
function takeBack(name, words, onsubmit) {
  const dialog = ask({
    title: 'Take it back?',
    content: [h('p', {}, `Of ${name} is shown again what its files say: ${words}.`)],
    deed: 'Take back',
    onsubmit,
  });
  comeBack(dialog, 'Take back');
}

/**
 * When a dialog closes, the keys go on where it was opened, though the drawer was drawn anew.
 * @param {HTMLDialogElement} dialog
 * @param {string} label of the control that opened it
 */
export function comeBack(dialog, label) {
  dialog.addEventListener('close', () => {
    const stage = document.querySelector('.viewer-stage');
    const opener = document.querySelector(`.drawer [aria-label="${label}"]`) ?? stage;
    if (opener instanceof HTMLElement) opener.focus();
  });
}
