/** Many points to look at: moved, zoomed, pointed at, and caught with a lasso. */

import { Camera } from './camera.js';
import { calm } from './dom.js';
import { boundsOf, Points } from './points.js';
import { cpuPainter } from './scatter-cpu.js';
import { glPainter } from './scatter-gl.js';

/** @typedef {import('./colours.js').Rgb} Rgb */
/** @typedef {[number, number]} Spot pixels from the left and the top */

/**
 * @typedef {object} Told
 * @property {() => void} onview what is seen has changed
 * @property {(point: number, at: Spot) => void} onpoint the mouse is over a point, or over none: -1
 * @property {(point: number) => void} onpick
 * @property {(path: Spot[], closed: boolean) => void} onlasso
 */

const MARGIN = 50;
/** Milliseconds of a frame above which fewer points are drawn while the map moves. */
const SLOW = 30;
const FAST = 18;
const FEWEST = 1 / 16;
/** Milliseconds at rest after which all points are drawn. */
const REST = 140;
const REACH = { mouse: 12, touch: 22 };
const STEP = 60;
const TAP = 6;
/** Milliseconds of a flight. */
const FLIGHT = 600;
/** What is flown to is at least so large a part of the whole. */
const LEAST = 0.1;

export class Scatter {
  camera = new Camera();
  points = new Points(new Float32Array(0), new Float32Array(0));
  /** @type {'move' | 'lasso'} */
  mode = 'move';

  /** @type {Uint32Array} */
  #order = new Uint32Array(0);
  /** @type {Uint8Array} */
  #lit = new Uint8Array(0);
  #colours = new Uint8Array(0);
  #dimmed = false;
  #share = 1;
  #frame = 0;
  #resting = 0;
  #flight = 0;
  #lastFrame = 0;
  /** @type {Map<number, Spot>} */
  #fingers = new Map();
  /** @type {Spot[] | null} */
  #path = null;
  #moved = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Told} told
   */
  constructor(canvas, told) {
    this.canvas = canvas;
    this.told = told;
    this.painter = glPainter(canvas) ?? this.#withoutCard();
    this.canvas.addEventListener('webglcontextlost', () => {
      this.painter = this.#withoutCard();
      this.#load();
    });
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(this.canvas);
  }

  /** A canvas that has met WebGL cannot be drawn on otherwise: another takes its place. */
  #withoutCard() {
    const fresh = /** @type {HTMLCanvasElement} */ (this.canvas.cloneNode());
    if (this.canvas.parentElement) this.canvas.replaceWith(fresh);
    this.canvas = fresh;
    return cpuPainter(fresh);
  }

  /**
   * @param {Float32Array} x
   * @param {Float32Array} y
   */
  show(x, y) {
    this.points = new Points(x, y);
    this.#order = shuffled(x.length);
    this.#lit = new Uint8Array(x.length);
    this.#colours = new Uint8Array(3 * x.length);
    this.#resize();
    this.whole();
  }

  /** @param {(point: number) => Rgb} colourOf */
  colour(colourOf) {
    this.#order.forEach((point, at) => this.#colours.set(colourOf(point), 3 * at));
    this.#load();
  }

  /**
   * Lets some points stand out; null lets all stand equal.
   * @param {Iterable<number> | null} points
   */
  light(points) {
    const chosen = new Uint8Array(this.#lit.length);
    for (const point of points ?? []) chosen[point] = 1;
    this.#lit = chosen;
    this.#dimmed = points !== null;
    this.#load();
    this.told.onview();
  }

  /**
   * Whether a point stands out, or all stand equal.
   * @param {number} point
   */
  isLit(point) {
    return !this.#dimmed || this.#lit[point] === 1;
  }

  /** Shows everything. */
  whole() {
    this.camera.fit(this.points.bounds, this.#screen(), MARGIN);
    this.camera.whole = this.camera.scale;
    this.draw();
  }

  /**
   * Flies to where these points fill what is seen.
   * @param {number[]} points
   */
  goTo(points) {
    const box = boundsOf(
      points.map((point) => this.points.x[point]),
      points.map((point) => this.points.y[point]),
    );
    const { bounds } = this.points;
    const room = (LEAST / 2) * Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top);
    const wider = {
      left: box.left - room,
      top: box.top - room,
      right: box.right + room,
      bottom: box.bottom + room,
    };
    this.#fly(wider);
  }

  /** @param {import('./points.js').Box} box */
  #fly(box) {
    const screen = this.#screen();
    const [from, to] = [Object.assign(new Camera(), this.camera), new Camera()];
    to.fit(box, screen, MARGIN);
    const began = performance.now();
    cancelAnimationFrame(this.#flight);
    const step = () => {
      const passed = calm() ? 1 : Math.min(1, (performance.now() - began) / FLIGHT);
      this.camera.between(from, to, passed * passed * (3 - 2 * passed), screen);
      if (passed < 1) this.#flight = requestAnimationFrame(step);
      this.draw();
    };
    step();
  }

  /** @param {number} factor about the middle */
  zoom(factor) {
    const { width, height } = this.#screen();
    this.camera.zoom(factor, width / 2, height / 2);
    this.draw();
  }

  draw() {
    this.#frame ||= requestAnimationFrame((time) => this.#draw(time));
  }

  #screen() {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  #resize() {
    const { width, height } = this.#screen();
    const ratio = Math.min(2, devicePixelRatio);
    if (!width || !height) return;
    const first =
      this.canvas.width !== Math.round(width * ratio) && this.camera.scale === this.camera.whole;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (first) this.whole();
    this.draw();
  }

  #load() {
    const positions = new Float32Array(2 * this.#order.length);
    this.#order.forEach((point, at) => {
      positions[2 * at] = this.points.x[point];
      positions[2 * at + 1] = this.points.y[point];
    });
    const lit = Uint8Array.from(this.#order, (point) => this.#lit[point]);
    this.painter.load({ positions, colours: this.#colours, lit });
    this.draw();
  }

  /** @param {number} time */
  #draw(time) {
    this.#frame = 0;
    const took = time - this.#lastFrame;
    this.#lastFrame = time;
    if (took < 250 && took > SLOW) this.#share = Math.max(FEWEST, this.#share * 0.6);
    else if (took < FAST) this.#share = Math.min(1, this.#share * 1.15);
    this.#paint(this.#share);
    this.told.onview();
    clearTimeout(this.#resting);
    if (this.#share < 1) this.#resting = setTimeout(() => this.#paint(1), REST);
  }

  /** @param {number} share */
  #paint(share) {
    const { camera } = this;
    const few = Math.sqrt(Math.min(1, 60_000 / (this.#lit.length + 1)) * 0.6 + 0.4);
    const size = Math.max(2.2, Math.min(14, 4 * camera.closeness ** 0.45)) * few;
    const ratio = this.canvas.width / Math.max(1, this.canvas.clientWidth);
    this.painter.draw({ camera, size, share, dimmed: this.#dimmed, ratio });
  }

  #listen() {
    const host = this.canvas.parentElement ?? document.body;
    host.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    host.addEventListener('pointerdown', (event) => this.#down(event));
    host.addEventListener('pointermove', (event) => this.#move(event));
    host.addEventListener('pointerup', (event) => this.#up(event));
    host.addEventListener('pointercancel', (event) => this.#up(event));
    host.addEventListener('pointerleave', () => this.told.onpoint(-1, [0, 0]));
    host.addEventListener('keydown', (event) => this.#key(event));
  }

  /** @param {Event} event */
  #isOwn(event) {
    return event.target === this.canvas || event.target === this.canvas.parentElement;
  }

  /**
   * @param {MouseEvent} event
   * @returns {Spot}
   */
  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /**
   * @param {Spot} at
   * @param {number} reach
   */
  #pointAt(at, reach) {
    const [x, y] = this.camera.toWorld(...at);
    const counts = this.#dimmed ? (/** @type {number} */ one) => this.#lit[one] === 1 : undefined;
    return this.points.nearest(x, y, reach / this.camera.scale, counts);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    cancelAnimationFrame(this.#flight);
    this.camera.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0018)), ...this.#at(event));
    this.draw();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (!this.#isOwn(event)) return;
    cancelAnimationFrame(this.#flight);
    this.canvas.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, this.#at(event));
    this.#moved = 0;
    const lasso = this.#fingers.size === 1 && (this.mode === 'lasso' || event.shiftKey);
    this.#path = lasso ? [this.#at(event)] : null;
    this.told.onpoint(-1, [0, 0]);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const [at, before] = [this.#at(event), this.#fingers.get(event.pointerId)];
    if (!before) {
      if (this.#isOwn(event)) this.told.onpoint(this.#pointAt(at, REACH.mouse), at);
      return;
    }
    this.#moved += Math.hypot(at[0] - before[0], at[1] - before[1]);
    if (this.#path) {
      this.#path.push(at);
      this.told.onlasso(this.#path, false);
    } else if (this.#fingers.size === 1) this.camera.move(at[0] - before[0], at[1] - before[1]);
    else this.#pinch(event.pointerId, before, at);
    this.#fingers.set(event.pointerId, at);
    this.draw();
  }

  /**
   * @param {number} id
   * @param {Spot} before
   * @param {Spot} now
   */
  #pinch(id, before, now) {
    const other = [...this.#fingers].find(([one]) => one !== id)?.[1];
    if (!other) return;
    const span = (/** @type {Spot} */ one) => Math.hypot(one[0] - other[0], one[1] - other[1]);
    this.camera.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    const middle = /** @type {Spot} */ ([(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
    this.camera.zoom(span(now) / Math.max(1, span(before)), ...middle);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#fingers.delete(event.pointerId)) return;
    const path = this.#path;
    this.#path = null;
    if (path && this.#moved > TAP) return this.told.onlasso(path, true);
    if (this.#moved > TAP || event.type !== 'pointerup') return;
    const reach = event.pointerType === 'touch' ? REACH.touch : REACH.mouse;
    this.told.onpick(this.#pointAt(this.#at(event), reach));
  }

  /** @param {KeyboardEvent} event */
  #key({ key, target }) {
    if (target !== this.canvas) return;
    /** @type {Record<string, () => void>} */
    const acts = {
      '+': () => this.zoom(1.4),
      '=': () => this.zoom(1.4),
      '-': () => this.zoom(1 / 1.4),
      0: () => this.whole(),
      ArrowLeft: () => this.camera.move(STEP, 0),
      ArrowRight: () => this.camera.move(-STEP, 0),
      ArrowUp: () => this.camera.move(0, STEP),
      ArrowDown: () => this.camera.move(0, -STEP),
    };
    acts[key]?.();
    this.draw();
  }
}

/**
 * The numbers below a count in an order that is random but always the same.
 * @param {number} count
 */
function shuffled(count) {
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  let seed = 1;
  for (let at = count - 1; at > 0; at--) {
    // The linear congruential generator of Numerical Recipes.
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const other = seed % (at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
