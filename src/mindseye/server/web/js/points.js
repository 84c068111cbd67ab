/** Which of many points lie somewhere: buckets of a grid, filled by counting. Made in O(points). */

/** So many points shall lie in a bucket, about. */
const PER_BUCKET = 4;
const MOST_BUCKETS = 1024;

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box top is the smaller y */

export class Points {
  /**
   * @param {Float32Array} x
   * @param {Float32Array} y
   */
  constructor(x, y) {
    this.x = x;
    this.y = y;
    const count = x.length;
    const side = Math.round(Math.sqrt(count / PER_BUCKET));
    this.side = Math.max(1, Math.min(MOST_BUCKETS, side));
    this.bounds = boundsOf(x, y);
    this.#acrossX = this.side / (this.bounds.right - this.bounds.left || 1);
    this.#acrossY = this.side / (this.bounds.bottom - this.bounds.top || 1);
    this.#starts = new Uint32Array(this.side * this.side + 1);
    this.#order = new Uint32Array(count);
    this.#fill();
  }

  #acrossX;
  #acrossY;
  #starts;
  #order;

  #fill() {
    const bucket = new Uint32Array(this.x.length);
    for (let at = 0; at < bucket.length; at++) {
      bucket[at] = this.#row(this.y[at]) * this.side + this.#column(this.x[at]);
      this.#starts[bucket[at] + 1]++;
    }
    for (let at = 1; at < this.#starts.length; at++) this.#starts[at] += this.#starts[at - 1];
    const next = this.#starts.slice();
    for (let at = 0; at < bucket.length; at++) this.#order[next[bucket[at]]++] = at;
  }

  /** @param {number} x */
  #column(x) {
    return Math.max(0, Math.min(this.side - 1, Math.floor((x - this.bounds.left) * this.#acrossX)));
  }

  /** @param {number} y */
  #row(y) {
    return Math.max(0, Math.min(this.side - 1, Math.floor((y - this.bounds.top) * this.#acrossY)));
  }

  /**
   * Points in a box, its edges included, bucket by bucket.
   * @param {Box} box
   * @returns {Generator<number>}
   */
  *within({ left, top, right, bottom }) {
    const [first, last] = [this.#column(left), this.#column(right)];
    for (let row = this.#row(top); row <= this.#row(bottom); row++) {
      const end = this.#starts[row * this.side + last + 1];
      for (let at = this.#starts[row * this.side + first]; at < end; at++) {
        const point = this.#order[at];
        const [x, y] = [this.x[point], this.y[point]];
        if (x >= left && x <= right && y >= top && y <= bottom) yield point;
      }
    }
  }

  /**
   * The nearest point within a distance, -1 where there is none.
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   * @param {(point: number) => boolean} [counts] whether a point is to be considered
   */
  nearest(x, y, reach, counts = () => true) {
    let [best, least] = [-1, reach * reach];
    const box = { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach };
    for (const point of this.within(box)) {
      const away = (this.x[point] - x) ** 2 + (this.y[point] - y) ** 2;
      if (away <= least && counts(point)) [best, least] = [point, away];
    }
    return best;
  }

  /**
   * Points inside a polygon.
   * @param {[number, number][]} polygon
   * @returns {number[]}
   */
  inside(polygon) {
    const box = boundsOf(
      polygon.map(([x]) => x),
      polygon.map(([, y]) => y),
    );
    return [...this.within(box)].filter((point) => isInside(polygon, this.x[point], this.y[point]));
  }
}

/**
 * The smallest box around all points; around nothing it is empty and at the origin.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 * @returns {Box}
 */
export function boundsOf(x, y) {
  if (!x.length) return { left: 0, top: 0, right: 0, bottom: 0 };
  let [left, top, right, bottom] = [x[0], y[0], x[0], y[0]];
  for (let at = 1; at < x.length; at++) {
    left = Math.min(left, x[at]);
    right = Math.max(right, x[at]);
    top = Math.min(top, y[at]);
    bottom = Math.max(bottom, y[at]);
  }
  return { left, top, right, bottom };
}

/**
 * Whether a ray from the point crosses the polygon an odd number of times.
 * @param {[number, number][]} polygon
 * @param {number} x
 * @param {number} y
 */
export function isInside(polygon, x, y) {
  let inside = false;
  let [fromX, fromY] = polygon[polygon.length - 1];
  for (const [toX, toY] of polygon) {
    const crosses = toY > y !== fromY > y;
    if (crosses && x < ((fromX - toX) * (y - toY)) / (fromY - toY) + toX) inside = !inside;
    [fromX, fromY] = [toX, toY];
  }
  return inside;
}
