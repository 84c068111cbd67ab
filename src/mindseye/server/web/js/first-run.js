/** The page of a library that has no photos yet. */

import { h } from './dom.js';

/** @returns {HTMLElement} */
export function firstRun() {
  return h('div', { class: 'welcome' }, h('h2', {}, 'There are no photos here yet'));
}
