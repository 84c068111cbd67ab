/** Before photos are taken in: how many there are, by what they can be searched, and how long it takes. */

import { get } from './api.js';
import { fill, h } from './dom.js';
import { attempt } from './notice.js';
import { bytes, count, duration } from './words.js';

/** @typedef {{spec: string, title: string, languages: string, bytes: number | null, here: boolean, in_use: boolean}} Encoder */
/** @typedef {{purpose: string, spec: string, reason: string, fits: boolean, seconds: number | null}} Advice */
/** @typedef {{files: number, complete: boolean}} Counted */

export class Estimate {
  /** The encoder that was chosen; "" is the one in use. */
  chosen = '';
  #folder = '';

  constructor() {
    this.element = h('div', { class: 'estimate', hidden: true });
  }

  /** Tells what a folder would take. @param {string} folder "" is none */
  async look(folder) {
    this.#folder = folder;
    this.chosen = '';
    this.element.hidden = !folder;
    if (!folder) return;
    fill(this.element, h('p', { role: 'status' }, 'Looking how much it is…'));
    await attempt(async () => {
      /** @type {[Counted, {pictures_per_second: number}, Encoder[]]} */
      const [counted, pace, encoders] = await Promise.all([
        get('/folders/count', { below: folder }),
        get('/encoders/pace'),
        get('/encoders', { all: true }),
      ]);
      /** @type {Advice[]} */
      const advice = await get('/encoders/advice', { photos: Math.max(1, counted.files) });
      if (this.#folder === folder) this.#tell(counted, pace.pictures_per_second, encoders, advice);
    });
  }

  /**
   * @param {Counted} counted
   * @param {number} pace pictures a second of the encoder in use
   * @param {Encoder[]} encoders
   * @param {Advice[]} advice
   */
  #tell({ files, complete }, pace, encoders, advice) {
    const known = new Map(encoders.map((one) => [one.spec, one]));
    const used = encoders.find(({ in_use: inUse }) => inUse);
    const other = advice.filter(({ fits, spec }) => fits && spec !== used?.spec);
    const first = [used?.languages && `languages: ${used.languages}`, 'measured here'];
    fill(
      this.element,
      h('p', { role: 'status' }, `${complete ? '' : 'At least '}${count(files)} pictures.`),
      h(
        'fieldset',
        { class: 'encoders' },
        h('legend', {}, 'Searched by'),
        this.#choice('', used?.title || used?.spec || '', first, files / pace),
        h(
          'details',
          {},
          h('summary', {}, 'Other encoders'),
          h('div', { class: 'encoders' }, ...other.map((one) => this.#other(one, known))),
        ),
      ),
      h(
        'p',
        { class: 'faint' },
        'Times are those of encoding; reading the files comes to it. With another encoder the photos are first searched by the one in use.',
      ),
    );
  }

  /**
   * @param {Advice} advice
   * @param {Map<string, Encoder>} known
   */
  #other({ spec, purpose, reason, seconds }, known) {
    const encoder = known.get(spec);
    const fetched = encoder && !encoder.here && encoder.bytes;
    const told = [purpose, reason, fetched && `${bytes(fetched)} to fetch`];
    return this.#choice(spec, encoder?.title || spec, told, seconds);
  }

  /**
   * @param {string} spec
   * @param {string} title
   * @param {(string | number | false | null | undefined)[]} told
   * @param {number | null} seconds
   */
  #choice(spec, title, told, seconds) {
    const input = h('input', { type: 'radio', name: 'encoder', checked: !spec });
    input.addEventListener('change', () => (this.chosen = spec));
    const time = seconds === null ? 'time not known' : `about ${duration(seconds)}`;
    return h(
      'label',
      { class: 'tickbox' },
      input,
      h('span', {}, h('b', {}, title), h('small', {}, [time, ...told].filter(Boolean).join(' · '))),
    );
  }
}
