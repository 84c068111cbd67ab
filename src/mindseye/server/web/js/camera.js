/** Where on the screen a point of a map stands: a scale and a shift, in CSS pixels. */

/** @typedef {import('./points.js').Box} Box */

/** Times closer, and further away, than the view of everything. */
const CLOSEST = 400;
const FURTHEST = 0.5;

export class Camera {
  scale = 1;
  x = 0;
  y = 0;
  /** The scale at which everything is seen. */
  whole = 1;

  /**
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]} pixels from the left and the top
   */
  toScreen(x, y) {
    return [x * this.scale + this.x, y * this.scale + this.y];
  }

  /**
   * @param {number} left
   * @param {number} top
   * @returns {[number, number]}
   */
  toWorld(left, top) {
    return [(left - this.x) / this.scale, (top - this.y) / this.scale];
  }

  /** How much closer than the view of everything. */
  get closeness() {
    return this.scale / this.whole;
  }

  /**
   * Shows a box in the middle of a screen.
   * @param {Box} box
   * @param {{width: number, height: number}} screen
   * @param {number} margin
   */
  fit(box, { width, height }, margin) {
    const across = (width - 2 * margin) / (box.right - box.left || 1);
    const down = (height - 2 * margin) / (box.bottom - box.top || 1);
    this.scale = Math.max(1e-6, Math.min(across, down));
    this.x = width / 2 - ((box.left + box.right) / 2) * this.scale;
    this.y = height / 2 - ((box.top + box.bottom) / 2) * this.scale;
  }

  /**
   * @param {number} factor
   * @param {number} left the point that stays where it is
   * @param {number} top
   */
  zoom(factor, left, top) {
    const wanted = this.scale * factor;
    const scale = Math.max(this.whole * FURTHEST, Math.min(this.whole * CLOSEST, wanted));
    const change = scale / this.scale;
    this.x = left - (left - this.x) * change;
    this.y = top - (top - this.y) * change;
    this.scale = scale;
  }

  /**
   * Shows what lies between two views, so that closer and further away feel even.
   * @param {Camera} from
   * @param {Camera} to
   * @param {number} share of the way, from 0 to 1
   * @param {{width: number, height: number}} screen
   */
  between(from, to, share, { width, height }) {
    const [middle, down] = [width / 2, height / 2];
    const [start, end] = [from.toWorld(middle, down), to.toWorld(middle, down)];
    this.scale = from.scale * (to.scale / from.scale) ** share;
    this.x = middle - (start[0] + (end[0] - start[0]) * share) * this.scale;
    this.y = down - (start[1] + (end[1] - start[1]) * share) * this.scale;
  }

  /**
   * @param {number} right
   * @param {number} down
   */
  move(right, down) {
    this.x += right;
    this.y += down;
  }
}
