/** The timeline beside the grid: years at their true place, and a knob to drag. */

import { fill, h } from './dom.js';
import { marks } from './months.js';

/** @typedef {import('./grid.js').Grid} Grid */

export class Scrubber {
  /**
   * @param {HTMLElement} host
   * @param {Grid} grid
   */
  constructor(host, grid) {
    this.grid = grid;
    this.marks = h('div', { class: 'scrub-marks', 'aria-hidden': 'true' });
    this.said = h('span', { class: 'scrub-said' });
    this.knob = h('div', { class: 'scrub-knob', 'aria-hidden': 'true' }, this.said);
    this.element = h(
      'div',
      {
        class: 'scrub',
        role: 'slider',
        tabIndex: 0,
        'aria-label': 'Timeline',
        'aria-orientation': 'vertical',
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-controls': grid.box.id,
        onpointerdown: (/** @type {PointerEvent} */ event) => this.#grab(event),
        onpointermove: (/** @type {PointerEvent} */ event) => this.#drag(event),
        onpointerup: () => this.element.classList.remove('held'),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      },
      this.marks,
      this.knob,
    );
    host.append(this.element);
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** Draws the marks anew, after the grid was laid out. */
  draw() {
    const { made } = this.grid;
    const length = this.element.clientHeight;
    const dated = made?.heads.some(({ group }) => 'month' in group);
    const useful = Boolean(dated && this.#reach > 0);
    this.element.hidden = !useful;
    if (!made || !useful || !length) return;
    fill(
      this.marks,
      ...marks(made, length).map(({ at, label }) => {
        const mark = h('i', { class: label ? '' : 'dot' }, label);
        mark.style.top = `${at * 100}%`;
        return mark;
      }),
    );
    this.follow(this.grid.top);
  }

  /** @param {number} top of what the grid shows */
  follow(top) {
    if (this.element.hidden) return;
    const share = this.#reach > 0 ? Math.min(1, top / this.#reach) : 0;
    const label = this.grid.groupAt(top + 1)?.label ?? '';
    this.knob.style.top = `${share * 100}%`;
    this.said.textContent = label;
    this.element.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    this.element.setAttribute('aria-valuetext', label);
  }

  /** How far the grid can be scrolled, in CSS pixels. */
  get #reach() {
    return this.grid.length - this.grid.box.clientHeight;
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add('held');
    this.#drag(event);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.element.classList.contains('held')) return;
    const box = this.element.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientY - box.top) / box.height));
    this.grid.top = share * this.#reach;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const heads = this.grid.made?.heads ?? [];
    const now = heads.findLastIndex((head) => head.top <= this.grid.top + 1);
    /** @type {Record<string, number>} */
    const steps = {
      ArrowDown: 1,
      ArrowRight: 1,
      ArrowUp: -1,
      ArrowLeft: -1,
      PageDown: 12,
      PageUp: -12,
    };
    const ends = { Home: 0, End: heads.length - 1 };
    const to = event.key in ends ? ends[/** @type {'Home'} */ (event.key)] : now + steps[event.key];
    if (Number.isNaN(to) || !heads.length) return;
    event.preventDefault();
    this.grid.top = heads[Math.max(0, Math.min(heads.length - 1, to))].top;
  }
}
