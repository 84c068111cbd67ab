/**
 * Justified rows: photos keep their shape, rows fill the width. O(photos), on typed arrays, so a
 * library of a million is laid out at once and only what is seen is ever drawn.
 */

/**
 * A run of photos below one heading; an empty label takes no room.
 * @typedef {{start: number, end: number, label: string}} Group
 */

/**
 * Row `r` holds the photos `starts[r]` up to `starts[r + 1]`; lengths are CSS pixels.
 * @typedef {object} Layout
 * @property {Uint32Array} starts one more than there are rows
 * @property {Float64Array} tops
 * @property {Float32Array} heights
 * @property {{group: Group, top: number}[]} heads
 * @property {number} height of everything
 */

/** Between two photos. */
export const GAP = 4;
/** Of a heading. */
export const HEAD = 44;

/** A last row, or a wide picture alone, may be at most so much higher than others. */
const HIGHEST = 1.35;

/**
 * @param {Uint16Array} aspects width over height in thousandths
 * @param {Group[]} groups in order, without gaps between them
 * @param {{width: number, target: number}} frame the width of a row and its usual height
 * @returns {Layout}
 */
export function layout(aspects, groups, { width, target }) {
  const starts = [];
  const tops = [];
  const heights = [];
  const heads = [];
  let top = 0;
  for (const group of groups) {
    if (group.label) {
      heads.push({ group, top });
      top += HEAD;
    }
    let at = group.start;
    while (at < group.end) {
      const row = nextRow(aspects, at, group.end, { width, target });
      starts.push(at);
      tops.push(top);
      heights.push(row.height);
      top += row.height + GAP;
      at = row.end;
    }
  }
  starts.push(groups.at(-1)?.end ?? 0);
  return {
    starts: Uint32Array.from(starts),
    tops: Float64Array.from(tops),
    heights: Float32Array.from(heights),
    heads,
    height: top,
  };
}

/**
 * @param {Uint16Array} aspects
 * @param {number} start
 * @param {number} end
 * @param {{width: number, target: number}} frame
 */
function nextRow(aspects, start, end, { width, target }) {
  let sum = 0;
  for (let at = start; at < end; at++) {
    sum += aspects[at] / 1000;
    const gaps = GAP * (at - start);
    if (sum * target + gaps >= width) {
      return { end: at + 1, height: Math.min((width - gaps) / sum, target * HIGHEST) };
    }
  }
  return { end, height: target };
}

/**
 * The last place whose value is at most `value`, 0 where there is none; values ascend.
 * @param {ArrayLike<number>} values
 * @param {number} value
 */
export function lastAtMost(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/**
 * The row of a photo.
 * @param {Layout} made
 * @param {number} photo
 */
export function rowOf(made, photo) {
  return Math.min(lastAtMost(made.starts, photo), Math.max(0, made.tops.length - 1));
}

/**
 * Where the photos of a row stand: left edge and width of each, in CSS pixels.
 * @param {Layout} made
 * @param {Uint16Array} aspects
 * @param {number} row
 * @returns {{photo: number, left: number, width: number}[]}
 */
export function boxes(made, aspects, row) {
  const found = [];
  let left = 0;
  for (let photo = made.starts[row]; photo < made.starts[row + 1]; photo++) {
    const width = (aspects[photo] / 1000) * made.heights[row];
    found.push({ photo, left, width });
    left += width + GAP;
  }
  return found;
}

/**
 * The photo a step away: sideways by order, up and down to what stands nearest.
 * @param {Layout} made
 * @param {Uint16Array} aspects
 * @param {number} from
 * @param {'left' | 'right' | 'up' | 'down'} way
 */
export function neighbour(made, aspects, from, way) {
  const last = made.starts[made.starts.length - 1] - 1;
  if (way === 'left') return Math.max(0, from - 1);
  if (way === 'right') return Math.min(last, from + 1);
  const row = rowOf(made, from);
  const next = row + (way === 'down' ? 1 : -1);
  if (next < 0 || next >= made.tops.length) return from;
  const own = boxes(made, aspects, row)[from - made.starts[row]];
  const middle = own.left + own.width / 2;
  const away = (/** @type {{left: number, width: number}} */ box) =>
    Math.abs(box.left + box.width / 2 - middle);
  return boxes(made, aspects, next).reduce((a, b) => (away(b) < away(a) ? b : a)).photo;
}
