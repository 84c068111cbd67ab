/**
 * Columns of numbers as the server packs them: typed arrays over one buffer, nothing is parsed.
 *
 * The form is documented in `mindseye/server/columns.py`: the length of the header, the header as
 * JSON, then the columns.
 */

/**
 * What a grid needs of each photo; `score` and `probability` are there for hits only.
 * @typedef {object} Photos
 * @property {Uint32Array | Float64Array} id
 * @property {Int32Array} minute since 1970 by the clock of the place, `NO_DATE` where not known
 * @property {Uint16Array} aspect width over height in thousandths
 * @property {Uint16Array} rgb the mean colour, 5 bits a channel
 * @property {Uint32Array} tag 32 bits of the digest: they make a thumbnail's address immutable
 * @property {Float32Array} [score]
 * @property {Float32Array} [probability] NaN where the encoder is not calibrated
 */

/** @typedef {Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array} Column */

/** The minute of a photo of which no date is known. */
export const NO_DATE = -(2 ** 31);

const KINDS = {
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  i4: Int32Array,
  f4: Float32Array,
  f8: Float64Array,
};

/**
 * The columns and what is said besides them; throws where a type is not known.
 * @param {ArrayBuffer} buffer
 * @returns {{columns: Record<string, Column>, meta: Record<string, any>}}
 */
export function unpacked(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  /** @type {Record<string, Column>} */
  const columns = {};
  for (const [name, [kind, count, start]] of Object.entries(header.columns)) {
    const Kind = KINDS[/** @type {keyof typeof KINDS} */ (kind)];
    if (!Kind) throw new TypeError(`column ${name} has the unknown type ${kind}`);
    columns[name] = new Kind(buffer, 4 + length + start, count);
  }
  return { columns, meta: header.meta };
}

/**
 * No photos.
 * @returns {Photos}
 */
export function noPhotos() {
  return {
    id: new Uint32Array(0),
    minute: new Int32Array(0),
    aspect: new Uint16Array(0),
    rgb: new Uint16Array(0),
    tag: new Uint32Array(0),
  };
}

/**
 * These photos and then those; a column that one of them lacks is left out.
 * @param {Photos} first
 * @param {Photos} second
 * @returns {Photos}
 */
export function joined(first, second) {
  return each(first, (column, name) => {
    const other = second[name];
    if (!other) return undefined;
    const both = new /** @type {any} */ (column.constructor)(column.length + other.length);
    both.set(column);
    both.set(other, column.length);
    return both;
  });
}

/**
 * The photos at these places, in this order.
 * @param {Photos} photos
 * @param {ArrayLike<number>} places
 * @returns {Photos}
 */
export function picked(photos, places) {
  return each(photos, (column) =>
    /** @type {any} */ (column.constructor).from(places, (/** @type {number} */ at) => column[at]),
  );
}

/**
 * The photos of these ids, as far as they are among all: one may have been written between two
 * answers. `places` are where each stands in `ids`.
 * @param {Photos} all
 * @param {ArrayLike<number>} ids
 * @returns {{photos: Photos, places: number[]}}
 */
export function known(all, ids) {
  /** @type {Map<number, number>} */
  const at = new Map();
  all.id.forEach((id, place) => at.set(id, place));
  const places = Array.from(ids, (_, place) => place).filter((place) => at.has(ids[place]));
  const found = places.map((place) => at.get(ids[place]) ?? 0);
  return { photos: picked(all, found), places };
}

/**
 * @param {Photos} photos
 * @param {(column: any, name: keyof Photos) => any} change
 * @returns {Photos}
 */
function each(photos, change) {
  const made = Object.entries(photos).map(([name, column]) => [
    name,
    column && change(column, /** @type {keyof Photos} */ (name)),
  ]);
  return Object.fromEntries(made.filter(([, column]) => column));
}
