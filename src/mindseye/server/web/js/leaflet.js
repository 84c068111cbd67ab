/** Maps of the Earth. The only module that knows where Leaflet is, which comes with the server. */

import { h } from './dom.js';
import { layGround } from './earth.js';
import { me } from './me.js';
import { effect } from './signal.js';
import { isDark } from './theme.js';

/** @type {Promise<any> | null} */
let leaflet = null;

function load() {
  const folder = new URL('../leaflet/', import.meta.url).href;
  document.head.append(h('link', { rel: 'stylesheet', href: `${folder}leaflet.css` }));
  return import(`${folder}leaflet-src.esm.js`);
}

/**
 * A map in an element that stands in the page, on its ground: tiles where they are set, else towns.
 * @param {HTMLElement} element
 * @param {Record<string, unknown>} options of Leaflet's map
 * @param {[[number, number], number]} view where it begins: latitude and longitude, and zoom
 * @returns {Promise<{L: any, map: any, leave: () => void}>} `leave` takes the map away
 */
export async function mapIn(element, options, view) {
  leaflet ??= load();
  const L = await leaflet;
  const map = L.map(element, { zoomControl: false, ...options }).setView(...view);
  map.attributionControl.setPrefix('');
  const { tiles } = me();
  let forget = () => {};
  if (tiles) L.tileLayer(tiles, { maxZoom: 19 }).addTo(map);
  else {
    const redraw = await layGround(L, map);
    forget = effect(() => isDark.value !== undefined && redraw());
  }
  const leave = () => {
    forget();
    map.remove();
  };
  return { L, map, leave };
}
