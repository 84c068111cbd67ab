/** A tile: one photo of the grid, as an element that is used again for another photo. */

import { thumbnail } from './api.js';
import { h, icon } from './dom.js';
import { day, percent } from './words.js';

/** @typedef {import('./columns.js').Photos} Photos */

/**
 * @typedef {object} Tile
 * @property {HTMLElement} element
 * @property {HTMLImageElement} picture
 * @property {HTMLElement} likely
 */

/** @returns {Tile} */
export function newTile() {
  const picture = h('img', { alt: '', decoding: 'async' });
  const likely = h('span', { class: 'likely' });
  const element = h(
    'div',
    { class: 'tile', role: 'option' },
    picture,
    h('span', { class: 'tick' }, icon('check', 16)),
    likely,
  );
  picture.addEventListener('load', () => element.classList.add('loaded'));
  picture.addEventListener('error', () => element.classList.add('broken'));
  return { element, picture, likely };
}

/**
 * Lets a tile stand for a photo; its picture comes later.
 * @param {Tile} tile
 * @param {Photos} photos
 * @param {number} place
 * @param {{left: number, top: number, width: number, height: number}} box CSS pixels
 */
export function dress({ element, likely }, photos, place, box) {
  element.style.transform = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
  element.style.width = `${box.width.toFixed(1)}px`;
  element.style.height = `${box.height.toFixed(1)}px`;
  element.style.backgroundColor = tint(photos.rgb[place]);
  element.id = `tile-${place}`;
  element.dataset.place = String(place);
  element.dataset.photo = String(photos.id[place]);
  const share = photos.probability?.[place];
  const told = share === undefined || Number.isNaN(share) ? '' : percent(share);
  likely.textContent = told;
  const date = day(photos.minute[place], { dateStyle: 'long' });
  const words = ['Photo', date && `of ${date}`, told && `${told} likely`];
  element.setAttribute('aria-label', words.filter(Boolean).join(', '));
  element.setAttribute('aria-posinset', String(place + 1));
  element.setAttribute('aria-setsize', String(photos.id.length));
}

/**
 * Asks for the picture of the photo that a tile stands for, unless that was done.
 * @param {Tile} tile
 * @param {Photos} photos
 * @param {number} place
 */
export function picture(tile, photos, place) {
  if (!tile.picture.src) tile.picture.src = thumbnail(photos.id[place], photos.tag[place]);
}

/**
 * Takes a tile off the page; used again, it must never show the photo it showed before.
 * @param {Tile} tile
 */
export function undress(tile) {
  tile.element.remove();
  tile.picture.removeAttribute('src');
  tile.element.classList.remove('loaded', 'broken');
}

/**
 * The colour that stands for a photo until it is there.
 * @param {number} rgb 5 bits a channel
 */
function tint(rgb) {
  const [red, green, blue] = [rgb >> 10, (rgb >> 5) & 31, rgb & 31].map((five) => five * 8);
  return `rgb(${red} ${green} ${blue})`;
}
