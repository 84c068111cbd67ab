/** What the pages of settings are made of: their heads, cards with lines, and entries of lists. */

import { h } from './dom.js';

/** @typedef {import('./dom.js').Child} Child */

/** Address, words, and who may see it. @type {[string, string, string][]} */
const PAGES = [
  ['/settings', 'General', ''],
  ['/settings/access', 'Access', ''],
  ['/settings/log', 'Log', 'for-admins'],
];

/**
 * A page of settings.
 * @param {string} address its own
 * @param {...Node} content
 */
export function leaf(address, ...content) {
  const tabs = PAGES.map(([href, words, shown]) =>
    h('a', { href, class: shown, 'aria-current': href === address && 'page' }, words),
  );
  return h(
    'section',
    { class: 'page' },
    h(
      'div',
      { class: 'leaf' },
      h(
        'header',
        { class: 'leaf-head' },
        h('h1', {}, 'Settings'),
        h('span', { class: 'gap' }),
        h('nav', { class: 'segments', 'aria-label': 'Pages of settings' }, ...tabs),
      ),
      ...content,
    ),
  );
}

/**
 * A card with a title.
 * @param {string} title
 * @param {...Child} lines
 */
export function part(title, ...lines) {
  return h('section', { class: 'card part' }, h('h2', {}, title), ...lines);
}

/**
 * A line of a card: words at the left, a value or control at the right.
 * @param {string} words
 * @param {Node | string} value
 */
export function line(words, value) {
  return h('div', { class: 'setting' }, h('span', {}, words), h('div', {}, value));
}

/**
 * An entry of a list, with what can be done with it.
 * @param {string} title
 * @param {(string | false | null)[]} facts
 * @param {...Node} deeds
 */
export function entry(title, facts, ...deeds) {
  const told = facts.filter(Boolean).join(' · ');
  return h(
    'li',
    { class: 'setting entry' },
    h('div', {}, h('b', {}, title), told && h('small', {}, told)),
    h('div', { class: 'actions' }, ...deeds),
  );
}

/**
 * @param {string} label
 * @param {HTMLElement[]} items
 * @param {string} none words where there are none
 */
export function entries(label, items, none) {
  if (!items.length) return h('p', { class: 'faint' }, none);
  return h('ul', { 'aria-label': label }, ...items);
}

/**
 * @param {string} words
 * @param {() => unknown} onclick
 * @param {string} [label] where the words alone do not say what it is about
 */
export function deed(words, onclick, label) {
  return h('button', { type: 'button', class: 'button', onclick, 'aria-label': label }, words);
}

/** How long something lets in. @param {number} chosen days, 0 is for ever */
export function expiryChoice(chosen) {
  /** @type {[number, string][]} */
  const known = [
    [1, 'A day'],
    [7, 'A week'],
    [30, '30 days'],
    [365, 'A year'],
    [0, 'Until it is taken back'],
  ];
  const select = h(
    'select',
    { name: 'days' },
    ...known.map(([days, words]) => h('option', { value: days }, words)),
  );
  select.value = String(chosen);
  return select;
}

/**
 * Days as the API takes them.
 * @param {FormData} form
 */
export function daysOf(form) {
  return Number(form.get('days')) || null;
}
