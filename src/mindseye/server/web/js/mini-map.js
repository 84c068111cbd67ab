/** A small map with a pin: where a photo was taken, or, where it may be moved, where it was. */

import { h } from './dom.js';
import { mapIn } from './leaflet.js';
import { failed } from './notice.js';

/** @typedef {{latitude: number, longitude: number}} Position */

const NEAR = 9;
const FAR = 2;
/** @type {[number, number]} */
const MIDDLE = [25, 10];

/** A picture, as it were: a reader that cannot see it has the position in words beside it. */
const STILL = {
  dragging: false,
  touchZoom: false,
  doubleClickZoom: false,
  scrollWheelZoom: false,
  boxZoom: false,
  keyboard: false,
};

export class MiniMap {
  /** @type {Promise<{L: any, map: any, leave: () => void}> | null} */
  #made = null;
  /** @type {any} */
  #pin = null;

  /** @param {((position: Position) => void) | null} onpick told where somebody clicks */
  constructor(onpick = null) {
    this.onpick = onpick;
    this.ground = h('div', { class: 'earth' });
    this.element = h('div', { class: 'map mini-map' }, this.ground);
    if (!onpick) this.element.setAttribute('aria-hidden', 'true');
  }

  /**
   * Shows a position with its pin, or the Earth without one.
   * @param {Position | null} position
   */
  async show(position) {
    await this.#draw((map) => {
      if (position) map.setView(at(position), Math.max(NEAR, this.onpick ? map.getZoom() : 0));
      else map.setView(MIDDLE, FAR);
    }, position);
  }

  /** Looks at a place and sets no pin. @param {Position} place */
  async look(place) {
    await this.#draw((map) => map.setView(at(place), NEAR));
  }

  /** Moves the pin where it is in sight already. @param {Position | null} position */
  async point(position) {
    await this.#draw(() => {}, position);
  }

  /** Takes the map away. */
  async leave() {
    if (this.#made) (await this.#made).leave();
  }

  /**
   * @param {(map: any) => void} view
   * @param {Position | null} [position] of the pin; undefined leaves it
   */
  async #draw(view, position) {
    try {
      this.#made ??= this.#build();
      const { L, map } = await this.#made;
      map.invalidateSize();
      view(map);
      if (position === undefined) return;
      this.#pin?.remove();
      this.#pin = position && L.marker(at(position), pin(L)).addTo(map);
    } catch (error) {
      failed(error);
    }
  }

  async #build() {
    const { onpick } = this;
    const made = await mapIn(this.ground, onpick ? { minZoom: FAR } : STILL, [MIDDLE, FAR]);
    if (!onpick) return made;
    made.L.control.zoom({ position: 'topright' }).addTo(made.map);
    made.map.on('click', (/** @type {{latlng: any}} */ { latlng }) => {
      const { lat, lng } = latlng.wrap();
      onpick({ latitude: lat, longitude: lng });
    });
    return made;
  }
}

/** @param {Position} position */
function at({ latitude, longitude }) {
  return [latitude, longitude];
}

/** @param {any} L */
function pin(L) {
  const icon = L.divIcon({ className: 'pin', iconSize: [16, 16] });
  return { icon, interactive: false, keyboard: false };
}
