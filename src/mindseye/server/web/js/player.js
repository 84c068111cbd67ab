/** The controls of the slideshow: a button that starts it, and while it runs how long a photo stands. */

import { h, icon, fill, iconButton } from './dom.js';
import { PACES, Slideshow } from './slideshow.js';

/** Milliseconds after the mouse was moved for which the controls of the photo are shown. */
const STIRRED = 2500;

export class Player {
  #stirred = 0;

  /**
   * @param {HTMLElement} viewer that shows the photos
   * @param {() => void} onnext
   */
  constructor(viewer, onnext) {
    this.viewer = viewer;
    this.slides = new Slideshow(onnext, Number(localStorage.getItem('pace')));
    this.button = iconButton('play', 'Slideshow (p)', () => this.toggle());
    this.pace = h(
      'select',
      { class: 'choice', 'aria-label': 'How long a photo stands', hidden: true },
      ...PACES.map((seconds) => h('option', { value: seconds }, `${seconds} s`)),
    );
    this.pace.value = String(this.slides.seconds);
    this.pace.addEventListener('change', () => this.#changePace());
    this.element = h('div', { class: 'player' }, this.button, this.pace);
    viewer.addEventListener('pointermove', () => this.#stir());
    viewer.addEventListener('keydown', (event) => event.key === 'Tab' && this.#stir());
    viewer.addEventListener('keyup', (event) => event.key === ' ' && this.slides.release());
    // Whoever leaves the window while a key is held lets go of it elsewhere.
    addEventListener('blur', () => this.slides.release());
  }

  get isPlaying() {
    return this.slides.isPlaying;
  }

  toggle() {
    if (this.isPlaying) this.slides.stop();
    else this.slides.play();
    this.#draw();
  }

  stop() {
    if (this.isPlaying) this.toggle();
  }

  #changePace() {
    this.slides.seconds = Number(this.pace.value);
    localStorage.setItem('pace', this.pace.value);
    this.slides.shown();
  }

  #draw() {
    const playing = this.isPlaying;
    this.button.setAttribute('aria-pressed', String(playing));
    fill(this.button, icon(playing ? 'pause' : 'play'));
    this.pace.hidden = !playing;
    this.viewer.classList.toggle('playing', playing);
    this.#stir();
  }

  #stir() {
    clearTimeout(this.#stirred);
    this.viewer.classList.add('stirred');
    this.#stirred = setTimeout(() => this.viewer.classList.remove('stirred'), STIRRED);
  }
}
