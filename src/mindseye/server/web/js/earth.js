/** The ground of the map of places, without tiles: towns as lights, names, and a graticule. */

import { columns } from './api.js';
import { h } from './dom.js';
import { across, down } from './mercator.js';
import { Points } from './points.js';

const TILE = 256;
/** Pixels between two names. */
const APART = 90;
const NAMES = 40;
const LINES = 30;
/** Names are written for towns whose lights are at least so large, in pixels. */
const WORTHY = 0.9;

/** What is known of towns, asked for once. @type {ReturnType<typeof learn> | null} */
let known = null;

async function learn() {
  const { columns: towns, meta } = await columns('/towns');
  const { latitude, longitude, population } = towns;
  const points = new Points(
    Float32Array.from(longitude, across),
    Float32Array.from(latitude, down),
  );
  return { points, latitude, longitude, population, names: meta.names };
}

/**
 * Lays the ground under a map; `L` is Leaflet.
 * @param {any} L
 * @param {any} map
 * @returns {Promise<() => void>} draws it anew, in other colours
 */
export async function layGround(L, map) {
  graticule(L, map);
  map.attributionControl.addAttribution('Towns: GeoNames, CC BY 4.0');
  known ??= learn().catch((error) => {
    known = null;
    throw error;
  });
  const { points, latitude, longitude, population, names: written } = await known;
  const Lights = L.GridLayer.extend({
    createTile: (/** @type {{x: number, y: number, z: number}} */ at) => {
      const tile = h('canvas', { width: TILE, height: TILE });
      // A variable would be read as it is written; a property is read as it is shown.
      const { color: colour } = getComputedStyle(map.getContainer());
      drawLights(tile, at, points, { population, colour });
      return tile;
    },
  });
  const lights = new Lights({ tileSize: TILE }).addTo(map);
  const names = L.layerGroup().addTo(map);
  const write = () =>
    writeNames(L, map, names, { latitude, longitude, population, names: written });
  map.on('moveend', write);
  write();
  return () => lights.redraw();
}

/**
 * @param {any} L
 * @param {any} map
 */
function graticule(L, map) {
  const said = { className: 'graticule', interactive: false, weight: 1, opacity: 0.35 };
  for (let at = -180; at <= 180; at += LINES) {
    L.polyline(
      [
        [-85, at],
        [85, at],
      ],
      said,
    ).addTo(map);
    if (Math.abs(at) < 90)
      L.polyline(
        [
          [at, -180],
          [at, 180],
        ],
        said,
      ).addTo(map);
  }
}

/**
 * @param {HTMLCanvasElement} tile
 * @param {{x: number, y: number, z: number}} at
 * @param {Points} points
 * @param {{population: Float32Array, colour: string}} towns
 */
function drawLights(tile, { x, y, z }, points, { population, colour }) {
  const context = tile.getContext('2d');
  if (!context) return;
  const side = 2 ** z;
  // The world goes on to both sides.
  const column = ((x % side) + side) % side;
  context.fillStyle = colour;
  const edge = 8 / TILE;
  const box = {
    left: (column - edge) / side,
    right: (column + 1 + edge) / side,
    top: (y - edge) / side,
    bottom: (y + 1 + edge) / side,
  };
  for (const point of points.within(box)) {
    const [left, top] = [
      (points.x[point] * side - column) * TILE,
      (points.y[point] * side - y) * TILE,
    ];
    const size = lightOf(population[point], z);
    context.globalAlpha = Math.min(0.9, 0.3 + size / 6);
    context.beginPath();
    context.arc(left, top, size, 0, 2 * Math.PI);
    context.fill();
  }
}

/**
 * The radius of a town's light, in pixels.
 * @param {number} people
 * @param {number} zoom
 */
function lightOf(people, zoom) {
  return Math.min(7, Math.max(0.6, (Math.sqrt(people) / 1600) * 1.35 ** zoom));
}

/**
 * @param {any} L
 * @param {any} map
 * @param {any} layer
 * @param {{latitude: Float32Array, longitude: Float32Array, population: Float32Array, names: string[]}} towns
 */
function writeNames(L, map, layer, { latitude, longitude, population, names }) {
  layer.clearLayers();
  const bounds = map.getBounds();
  /** @type {{x: number, y: number}[]} */
  const taken = [];
  for (let at = 0; at < names.length && taken.length < NAMES; at++) {
    const place = [latitude[at], longitude[at]];
    if (!bounds.contains(place) || lightOf(population[at], map.getZoom()) < WORTHY) continue;
    const spot = map.latLngToContainerPoint(place);
    if (taken.some(({ x, y }) => Math.abs(x - spot.x) < APART && Math.abs(y - spot.y) < 24))
      continue;
    taken.push(spot);
    const icon = L.divIcon({
      className: 'city-name',
      html: h('span', {}, names[at]),
      iconSize: [0, 0],
    });
    L.marker(place, { icon, interactive: false, keyboard: false, pane: 'shadowPane' }).addTo(layer);
  }
}
