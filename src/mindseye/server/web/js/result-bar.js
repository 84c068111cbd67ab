/** Above the results: how many there are, their order, what narrows them, and keeping the search. */

import { get, send, sendPictures } from './api.js';
import { parameters } from './asked.js';
import { withMore } from './chips.js';
import { ask as askForm, labelled } from './dialog.js';
import { fill, h, icon } from './dom.js';
import { attempt, tell } from './notice.js';
import { popup } from './popup.js';
import { count, counted } from './words.js';

/** @typedef {import('./asked.js').Asked} Asked */
/** @typedef {import('./results.js').Results} Results */
/** @typedef {{value: string, photos: number, filter: string}} Count */

/** Buttons and the facets behind them. @type {[string, 'calendar' | 'place' | 'camera' | 'tag', string[]][]} */
const FACETS = [
  ['Date', 'calendar', ['year']],
  ['Place', 'place', ['country', 'city']],
  ['Camera', 'camera', ['camera', 'lens']],
  ['Tags', 'tag', ['keyword', 'person']],
];
const LISTED = 30;

export class ResultBar {
  /** @type {File[]} */
  #pictures = [];

  /** @param {(asked: Asked) => void} onask */
  constructor(onask) {
    this.onask = onask;
    this.element = h('div', { class: 'results-bar', hidden: true });
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * @param {Asked} asked
   * @param {Results} results
   * @param {File[]} pictures searched by
   */
  show(asked, results, pictures) {
    this.#pictures = pictures;
    this.element.hidden = false;
    const ranked = !results.dated || asked.sort === 'newest';
    fill(
      this.element,
      h('div', { class: 'results-said', role: 'status' }, ...said(results)),
      h('span', { class: 'gap' }),
      ranked && this.#order(asked),
      ...FACETS.map((facet) => this.#facet(asked, ...facet)),
      asked.q && this.#keep(asked),
      asked.q &&
        h(
          'a',
          { class: 'button for-viewers', href: `/map?q=${encodeURIComponent(asked.q)}` },
          icon('map', 18),
          'Show on map',
        ),
    );
  }

  /** @param {Asked} asked */
  #order(asked) {
    /** @type {[string, '' | 'newest'][]} */
    const orders = [
      ['Best match', ''],
      ['Date', 'newest'],
    ];
    return h(
      'div',
      { class: 'segments', role: 'group', 'aria-label': 'Order' },
      ...orders.map(([words, sort]) =>
        h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(asked.sort === sort),
            onclick: () => this.onask({ ...asked, sort }),
          },
          words,
        ),
      ),
    );
  }

  /**
   * @param {Asked} asked
   * @param {string} words
   * @param {'calendar' | 'place' | 'camera' | 'tag'} picture
   * @param {string[]} names
   */
  #facet(asked, words, picture, names) {
    const button = h(
      'button',
      { type: 'button', class: 'button', 'aria-haspopup': 'dialog' },
      icon(picture, 18),
      words,
    );
    button.addEventListener('click', () =>
      attempt(async () => {
        const said = parameters({ ...asked, sort: '' });
        said.set('names', names.join(','));
        const { facets } = this.#pictures.length
          ? await sendPictures('/facets', said, this.#pictures)
          : await get('/facets', said);
        const counts = names.flatMap((name) => /** @type {Count[]} */ (facets[name] ?? []));
        this.#choose(button, `Narrow by ${words.toLowerCase()}`, counts, asked);
      }),
    );
    return button;
  }

  /**
   * @param {HTMLElement} anchor
   * @param {string} label
   * @param {Count[]} counts
   * @param {Asked} asked
   */
  #choose(anchor, label, counts, asked) {
    if (!counts.length) {
      tell('Nothing is known of these photos to narrow them by');
      return;
    }
    const lines = counts.slice(0, LISTED).map(({ value, photos, filter }) => {
      const onclick = () => {
        panel.hidePopover();
        this.onask({ ...asked, q: withMore(asked.q, filter) });
      };
      return h(
        'button',
        { type: 'button', class: 'line', onclick },
        h('span', {}, value),
        h('small', {}, count(photos)),
      );
    });
    const panel = popup(anchor, label, h('div', { class: 'lines' }, ...lines));
  }

  /** @param {Asked} asked */
  #keep(asked) {
    const onclick = () => {
      const name = h('input', { name: 'name', required: true, value: asked.q, maxLength: 200 });
      askForm({
        title: 'Save as a smart album',
        content: [labelled('Name', name, 'It will always hold what this search finds.')],
        deed: 'Save',
        onsubmit: async (form) => {
          await send('POST', '/albums', { name: String(form.get('name')), search: asked.q });
          tell('Saved', { hint: 'It stands with the albums.' });
        },
      });
    };
    return h(
      'button',
      { type: 'button', class: 'button for-editors', onclick },
      icon('albums', 18),
      'Save',
    );
  }
}

/** @param {Results} results */
function said({ total, relevant, complete, photos, seconds, notices }) {
  const known = total ?? relevant;
  const open = total === null && !complete && relevant === photos.id.length;
  const words = known
    ? `${counted(known, 'photo')}${open ? ' and more' : ''}`
    : 'Nothing matches well';
  return [
    h('b', {}, words),
    h('small', {}, `${Math.max(1, Math.round(seconds * 1000))} ms`),
    ...notices.map((notice) => h('small', { class: 'notice-line' }, notice)),
  ];
}
