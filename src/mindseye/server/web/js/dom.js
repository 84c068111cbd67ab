/** Elements made in one expression, and icons. Text is always text: nothing is read as HTML. */

import { ICONS } from './icons.js';

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Child | Child[]} Children */

/**
 * An element: `h('button', { class: 'primary', onclick }, 'Save')`.
 *
 * `on...` listens, `class` and `aria-...` are attributes, `dataset` takes pairs, and what the
 * element has as a property is set so. What is null, undefined or false is left out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [said]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, said = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(said)) say(made, name, value);
  made.append(...content(children));
  return made;
}

/**
 * @param {HTMLElement} made
 * @param {string} name
 * @param {any} value
 */
function say(made, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
  else if (name === 'dataset') Object.assign(made.dataset, value);
  else if (name in made && typeof value !== 'string') Reflect.set(made, name, value);
  else made.setAttribute(name, value === true ? '' : String(value));
}

/**
 * Children without those that are not there.
 * @param {Children[]} children
 * @returns {(Node | string)[]}
 */
function content(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * What was in an element is replaced.
 * @param {Element} element
 * @param {...Children} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...content(children));
}

/**
 * @param {keyof typeof ICONS} name
 * @param {number} [size] CSS pixels
 * @returns {SVGSVGElement}
 */
export function icon(name, size = 22) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const said = { viewBox: '0 0 24 24', width: size, height: size, 'aria-hidden': 'true' };
  for (const [key, value] of Object.entries(said)) svg.setAttribute(key, String(value));
  svg.classList.add('icon');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A round button that shows an icon; its label is read out and shown on hover.
 * @param {keyof typeof ICONS} name
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {Record<string, any>} [said]
 */
export function iconButton(name, label, onclick, said = {}) {
  return h(
    'button',
    { type: 'button', class: 'round', title: label, 'aria-label': label, onclick, ...said },
    icon(name),
  );
}

/** Whether the user asked for less motion. */
export function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
