/** Looking closer at a picture: wheel, pinch, double tap and drag; a swipe turns the page. */

const { min, max } = Math;

const CLOSEST = 8;
const TAPPED = 2.5;
const SWIPE = 60;

export class Zoom {
  #scale = 1;
  #x = 0;
  #y = 0;
  /** @type {Map<number, [number, number]>} */
  #fingers = new Map();
  #start = 0;

  /**
   * @param {HTMLElement} stage
   * @param {HTMLElement} picture
   * @param {(by: 1 | -1) => void} onswipe
   */
  constructor(stage, picture, onswipe) {
    this.stage = stage;
    this.picture = picture;
    this.onswipe = onswipe;
    stage.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    stage.addEventListener('dblclick', (event) => this.toggle(this.#at(event)));
    stage.addEventListener('pointerdown', (event) => this.#down(event));
    stage.addEventListener('pointermove', (event) => this.#move(event));
    stage.addEventListener('pointerup', (event) => this.#up(event));
    stage.addEventListener('pointercancel', (event) => this.#up(event));
  }

  reset() {
    [this.#scale, this.#x, this.#y] = [1, 0, 0];
    this.#apply();
  }

  /**
   * @param {number} factor
   * @param {[number, number]} [about] the point that stays, from the middle of the stage
   */
  by(factor, [x, y] = [0, 0]) {
    const scale = max(1, min(CLOSEST, this.#scale * factor));
    const change = scale / this.#scale;
    this.#x = scale === 1 ? 0 : x - (x - this.#x) * change;
    this.#y = scale === 1 ? 0 : y - (y - this.#y) * change;
    this.#scale = scale;
    this.#apply();
  }

  /** @param {[number, number]} [about] */
  toggle(about) {
    if (this.#scale > 1) this.reset();
    else this.by(TAPPED, about);
  }

  #apply() {
    this.picture.style.transform = `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})`;
    this.stage.classList.toggle('zoomed', this.#scale > 1);
  }

  /**
   * @param {MouseEvent} event
   * @returns {[number, number]}
   */
  #at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.by(Math.exp(-event.deltaY * 0.002), this.#at(event));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.stage.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, this.#at(event));
    if (this.#fingers.size === 1) this.#start = this.#at(event)[0];
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const now = this.#at(event);
    if (this.#fingers.size === 2) this.#pinch(event.pointerId, before, now);
    else if (this.#scale > 1) {
      this.#x += now[0] - before[0];
      this.#y += now[1] - before[1];
    } else if (event.pointerType === 'touch') this.#x = now[0] - this.#start;
    this.#fingers.set(event.pointerId, now);
    this.#apply();
  }

  /**
   * @param {number} id
   * @param {[number, number]} before
   * @param {[number, number]} now
   */
  #pinch(id, before, now) {
    const other = [...this.#fingers].find(([one]) => one !== id)?.[1];
    if (!other) return;
    const span = (/** @type {[number, number]} */ one) =>
      Math.hypot(one[0] - other[0], one[1] - other[1]);
    this.by(span(now) / max(1, span(before)), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#fingers.delete(event.pointerId)) return;
    const [left] = this.#fingers.values();
    // The finger that stays goes on from where it is.
    if (left) this.#start = left[0];
    if (left || this.#scale > 1) return;
    const moved = this.#x;
    this.reset();
    if (Math.abs(moved) > SWIPE) this.onswipe(moved < 0 ? 1 : -1);
  }
}
