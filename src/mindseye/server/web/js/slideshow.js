/** When the next photo of a slideshow is due. It needs no page. */

/** Seconds that a photo may stand. */
export const PACES = [2, 4, 8, 15, 30];

/** Milliseconds between photos while the key of the next one is held. */
export const HELD = 700;

export class Slideshow {
  #timer = 0;
  #playing = false;
  #held = false;

  /**
   * @param {() => void} onnext
   * @param {number} seconds a photo stands at first
   */
  constructor(onnext, seconds) {
    this.onnext = onnext;
    this.seconds = PACES.includes(seconds) ? seconds : PACES[1];
  }

  /** Whether photos follow each other by themselves. */
  get isPlaying() {
    return this.#playing;
  }

  play() {
    this.#playing = true;
    this.shown();
  }

  stop() {
    this.#playing = false;
    this.release();
  }

  /** Lets photos follow quickly until `release`. */
  hold() {
    if (this.#held) return;
    this.#held = true;
    this.shown();
  }

  release() {
    this.#held = false;
    this.shown();
  }

  /** Another photo is coming: until it is in sight nothing is due. */
  wait() {
    clearTimeout(this.#timer);
  }

  /** A photo has come in sight: from now on it stands as long as it should. */
  shown() {
    this.wait();
    if (this.#held) this.#timer = setTimeout(this.onnext, HELD);
    else if (this.#playing) this.#timer = setTimeout(this.onnext, this.seconds * 1000);
  }
}
