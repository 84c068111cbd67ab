/** The map of places. */

import { columns, thumbnail } from './api.js';
import { nothing } from './asked.js';
import { known, picked } from './columns.js';
import { fill, h } from './dom.js';
import { mapIn } from './leaflet.js';
import { failed } from './notice.js';
import { stacked } from './stacks.js';
import { counted } from './words.js';

/** @typedef {import('./main.js').Shell} Shell */
/** @typedef {import('./stacks.js').Stack} Stack */

const SIZE = 66;
const PICTURE = 56;
/** From this zoom on a stack is opened instead of looked into. */
const CLOSEST = 16;
const KM = 1000;

/** @param {Shell} shell */
export function page(shell) {
  const made = new PlacesPage(shell);
  return { element: made.element, arrive: () => void made.arrive() };
}

class PlacesPage {
  /** @type {any} */
  #map = null;
  /** @type {any} */
  #layer = null;
  /** @type {any} */
  #leaflet = null;
  /** @type {import('./columns.js').Photos | null} */
  #photos = null;
  /** @type {[number, number][]} */
  #where = [];

  /** @param {Shell} shell */
  constructor(shell) {
    this.shell = shell;
    this.ground = h('div', { class: 'earth' });
    this.said = h('span', { role: 'status' }, 'Loading…');
    const here = h(
      'button',
      { type: 'button', class: 'button', onclick: () => this.#searchHere() },
      'Search this area',
    );
    const foot = h('div', { class: 'map-foot' }, this.said, here);
    this.element = h(
      'section',
      { class: 'page places-page' },
      h('div', { class: 'map' }, this.ground, foot),
    );
  }

  async arrive() {
    try {
      if (!this.#map) await this.#build();
      this.#map.invalidateSize();
    } catch (error) {
      fill(this.said, 'The map cannot be shown');
      failed(error);
    }
  }

  async #build() {
    const options = { worldCopyJump: true, minZoom: 2 };
    const [{ L, map }] = await Promise.all([
      mapIn(this.ground, options, [[25, 10], 2]),
      this.#load(),
    ]);
    this.#leaflet = L;
    this.#map = map;
    L.control.zoom({ position: 'topright' }).addTo(map);
    this.#layer = L.layerGroup().addTo(this.#map);
    this.#map.on('moveend', () => this.#draw());
    if (this.#where.length) this.#map.fitBounds(this.#where, { padding: [70, 70], maxZoom: 11 });
    this.#draw();
  }

  async #load() {
    const [positions, timeline] = await Promise.all([columns('/positions'), columns('/timeline')]);
    const { id, latitude, longitude } = positions.columns;
    const all = /** @type {import('./columns.js').Photos} */ (timeline.columns);
    const { photos, places } = known(all, id);
    this.#photos = photos;
    this.#where = places.map((at) => [latitude[at], longitude[at]]);
    const { without } = positions.meta;
    fill(
      this.said,
      `${counted(photos.id.length, 'photo')} on the map`,
      without > 0 &&
        h('a', { href: '/?q=-has:gps' }, ` · ${counted(without, 'photo')} without a place`),
    );
  }

  #draw() {
    const [L, map] = [this.#leaflet, this.#map];
    this.#layer.clearLayers();
    const bounds = map.getBounds().pad(0.1);
    const seen = [...this.#where.keys()].filter((at) => bounds.contains(this.#where[at]));
    const at = (/** @type {number} */ point) => {
      const { x, y } = map.project(this.#where[point]);
      return /** @type {[number, number]} */ ([x, y]);
    };
    for (const stack of stacked(seen, at, SIZE)) {
      const place = map.unproject([stack.x, stack.y]);
      const title = `${counted(stack.points.length, 'photo')} here`;
      L.marker(place, { icon: this.#icon(stack), title, riseOnHover: true })
        .on('click', () => this.#look(stack))
        .on('keypress', (/** @type {any} */ event) => {
          if (event.originalEvent.key === 'Enter') this.#look(stack);
        })
        .addTo(this.#layer);
    }
  }

  /** @param {Stack} stack */
  #icon({ points }) {
    const { id, tag } = /** @type {import('./columns.js').Photos} */ (this.#photos);
    const picture = h('img', { src: thumbnail(id[points[0]], tag[points[0]], 160), alt: '' });
    const face = h(
      'div',
      {},
      picture,
      points.length > 1 && h('b', {}, points.length.toLocaleString()),
    );
    return this.#leaflet.divIcon({ className: 'stack', html: face, iconSize: [PICTURE, PICTURE] });
  }

  /** Looks into a stack, or at its photos where it is as close as can be. @param {Stack} stack */
  #look({ points }) {
    const box = this.#leaflet.latLngBounds(points.map((point) => this.#where[point]));
    const apart = box.getNorthEast().distanceTo(box.getSouthWest());
    const close = this.#map.getZoom() >= CLOSEST || apart < 20;
    if (points.length > 1 && !close) {
      this.#map.fitBounds(box, { padding: [90, 90], maxZoom: CLOSEST });
      return;
    }
    if (this.#photos) this.shell.open(picked(this.#photos, points), 0);
  }

  #searchHere() {
    const { lat, lng } = this.#map.getCenter().wrap();
    const bounds = this.#map.getBounds();
    const across = this.#map.distance([lat, bounds.getWest()], [lat, bounds.getEast()]);
    const down = this.#map.distance([bounds.getNorth(), lng], [bounds.getSouth(), lng]);
    const reach = Math.max(1, Math.round(Math.min(across, down) / 2 / KM));
    this.shell.ask({ ...nothing(), q: `near:${lat.toFixed(3)},${lng.toFixed(3)},${reach}km` });
  }
}
