/** A long press by a finger, where there is no mouse to hover with. */

/** Milliseconds. */
const LONG = 450;
/** A finger that moves further than so many pixels scrolls. */
const STILL = 10;

export class LongPress {
  #timer = 0;
  #from = { x: 0, y: 0 };
  #done = false;

  /**
   * @param {HTMLElement} element
   * @param {(event: PointerEvent) => void} onpress the event with which the finger came down
   */
  constructor(element, onpress) {
    this.onpress = onpress;
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('pointerup', () => clearTimeout(this.#timer));
    element.addEventListener('pointercancel', () => clearTimeout(this.#timer));
    // The menu that phones open on a long press would cover what was selected.
    element.addEventListener('contextmenu', (event) => {
      if (/** @type {PointerEvent} */ (event).pointerType === 'touch') event.preventDefault();
    });
  }

  /** Whether the finger has done its deed already, so that the click after it does none. */
  get isDone() {
    return this.#done;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    clearTimeout(this.#timer);
    this.#done = false;
    if (event.pointerType !== 'touch' || !event.isPrimary) return;
    this.#from = { x: event.clientX, y: event.clientY };
    this.#timer = setTimeout(() => {
      this.#done = true;
      this.onpress(event);
    }, LONG);
  }

  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    if (Math.hypot(clientX - this.#from.x, clientY - this.#from.y) > STILL) {
      clearTimeout(this.#timer);
    }
  }
}
