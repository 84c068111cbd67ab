/** The search field: what was understood stands in it as chips, and more is typed behind them. */

import { thumbnail } from './api.js';
import { nothing } from './asked.js';
import { editChip } from './chip-editor.js';
import { shown, without, withMore } from './chips.js';
import { fill, h, icon, iconButton } from './dom.js';
import { remember, Suggestions } from './suggestions.js';

/** @typedef {import('./asked.js').Asked} Asked */
/** @typedef {import('./chips.js').Chip} Chip */
/** @typedef {(asked: Asked, pictures: File[]) => void} Ask */

const INVITATION = 'Search “dog on a beach at sunset”, or drop a picture';

export class SearchField {
  /** What the chips stand for. */
  #asked = nothing();
  /** @type {Chip[]} */
  #chips = [];
  /** @type {Map<File, string>} */
  #pictures = new Map();
  /** What stood in the input when it was last asked: what was typed since then is kept. */
  #sent = '';

  /** @param {Ask} onask */
  constructor(onask) {
    this.onask = onask;
    this.input = h('input', {
      type: 'text',
      class: 'field-input',
      id: 'search',
      placeholder: INVITATION,
      autocomplete: 'off',
      enterkeyhint: 'search',
      role: 'combobox',
      'aria-label': 'Search photos',
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': 'suggestions',
    });
    this.suggestions = new Suggestions(this.input, (chosen) => this.#choose(chosen));
    this.list = h('ul', {
      class: 'field-chips',
      'aria-label': 'What is searched for',
      hidden: true,
    });
    this.file = h('input', { type: 'file', accept: 'image/*', multiple: true, hidden: true });
    this.clear = iconButton('close', 'Clear the search', () => this.#leaveAll());
    this.element = h(
      'form',
      { class: 'field', role: 'search', 'aria-label': 'Photos' },
      icon('search'),
      this.list,
      this.input,
      iconButton('picture', 'Search by a picture', () => this.file.click()),
      this.clear,
      this.file,
      this.suggestions.element,
    );
    this.#listen();
    this.#draw();
  }

  /** What is asked now, without what is still being typed. */
  get asked() {
    return this.#asked;
  }

  get pictures() {
    return [...this.#pictures.keys()];
  }

  /**
   * Shows how a query was understood.
   * @param {Asked} asked
   * @param {Chip[]} chips
   * @param {File[]} pictures
   */
  understood(asked, chips, pictures) {
    this.#asked = asked;
    this.#chips = chips.filter((chip) => chip.kind !== 'frame');
    this.#keep(pictures);
    if (this.input.value === this.#sent) this.input.value = '';
    this.input.removeAttribute('aria-invalid');
    this.#draw();
  }

  /**
   * Gives a query that was not understood back to be corrected.
   * @param {Asked} asked
   * @param {number | null} offset of the character where the trouble starts
   */
  refused(asked, offset) {
    this.#asked = { ...asked, q: '' };
    this.#chips = [];
    this.input.value = this.#sent = asked.q;
    this.input.setAttribute('aria-invalid', 'true');
    this.#draw();
    this.input.focus();
    if (offset !== null) this.input.setSelectionRange(offset, asked.q.length);
  }

  /** @param {File[]} pictures */
  searchBy(pictures) {
    this.onask({ ...this.#asked, like: [] }, [...this.pictures, ...pictures]);
  }

  #listen() {
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener('input', () => this.suggestions.look());
    this.input.addEventListener('focus', () => this.suggestions.look());
    this.input.addEventListener('blur', () => this.suggestions.close());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.file.addEventListener('change', () => {
      this.searchBy([...(this.file.files ?? [])]);
      this.file.value = '';
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'ArrowDown') this.suggestions.step(1);
    else if (event.key === 'ArrowUp') this.suggestions.step(-1);
    else if (event.key === 'Escape') this.#leave();
    else if (event.key === 'Backspace' && !this.input.value) this.#takeBack();
    else return;
    event.preventDefault();
  }

  #leave() {
    if (this.suggestions.element.hidden) this.input.blur();
    this.suggestions.close();
  }

  /** The last chip becomes text again. */
  #takeBack() {
    const last = this.#chips.at(-1);
    if (!last) return;
    this.input.value = `${last.text} `;
    this.#asked = { ...this.#asked, q: without(this.#asked.q, this.#chips, last) };
    this.#chips = this.#chips.slice(0, -1);
    this.#draw();
  }

  #submit() {
    const { chosen } = this.suggestions;
    if (chosen) return this.#choose(chosen);
    this.#ask(this.input.value);
  }

  /** @param {import('./suggestions.js').Suggestion} chosen */
  #choose(chosen) {
    if (chosen.kind === 'field') {
      this.input.value = chosen.text;
      this.suggestions.look();
      return;
    }
    this.#ask(chosen.text);
  }

  #leaveAll() {
    this.#sent = this.input.value;
    this.onask(nothing(), []);
  }

  /** @param {string} typed */
  #ask(typed) {
    this.suggestions.close();
    this.#sent = this.input.value;
    const q = withMore(this.#asked.q, typed);
    if (q) remember(q);
    this.onask({ ...this.#asked, q }, this.pictures);
  }

  /** @param {Partial<Asked>} change */
  #change(change) {
    this.onask({ ...this.#asked, ...change }, this.pictures);
  }

  /** @param {File[]} pictures */
  #keep(pictures) {
    for (const [file, address] of this.#pictures) {
      if (pictures.includes(file)) continue;
      URL.revokeObjectURL(address);
      this.#pictures.delete(file);
    }
    for (const file of pictures) {
      if (!this.#pictures.has(file)) this.#pictures.set(file, URL.createObjectURL(file));
    }
  }

  #draw() {
    const { q, like, unlike, album } = this.#asked;
    const chips = [
      ...[...this.#pictures].map(([file, address]) => this.#pictureChip(file, address)),
      ...like.map((id) => this.#photoChip(id, 'like', like)),
      ...unlike.map((id) => this.#photoChip(id, 'unlike', unlike)),
      ...this.#chips.map((chip) => this.#queryChip(q, chip)),
      album &&
        chipElement({
          text: `in ${album}`,
          kind: 'filter',
          ongone: () => this.#change({ album: '' }),
        }),
    ].filter((chip) => chip !== '');
    fill(this.list, ...chips);
    this.list.hidden = !chips.length;
    this.input.placeholder = chips.length ? 'and…' : INVITATION;
    this.clear.hidden = !chips.length;
    this.list.scrollLeft = this.list.scrollWidth;
  }

  /**
   * @param {string} q
   * @param {Chip} chip
   */
  #queryChip(q, chip) {
    return chipElement({
      text: shown(chip),
      kind: (chip.weight ?? 1) < 0 ? 'away' : chip.kind,
      title: chip.text === chip.means ? '' : chip.means,
      onedit: (anchor) => editChip(anchor, q, chip, (changed) => this.#change({ q: changed })),
      ongone: () => this.#change({ q: without(q, this.#chips, chip) }),
    });
  }

  /**
   * @param {File} file
   * @param {string} address
   */
  #pictureChip(file, address) {
    const others = this.pictures.filter((one) => one !== file);
    return chipElement({
      text: file.name || 'picture',
      kind: 'term',
      picture: address,
      ongone: () => this.onask(this.#asked, others),
    });
  }

  /**
   * @param {number} id
   * @param {'like' | 'unlike'} name
   * @param {number[]} all
   */
  #photoChip(id, name, all) {
    return chipElement({
      text: name === 'like' ? 'like this' : 'not like this',
      kind: name === 'like' ? 'term' : 'away',
      picture: thumbnail(id, '', 160),
      ongone: () => this.#change({ [name]: all.filter((one) => one !== id) }),
    });
  }
}

/**
 * @param {object} wanted
 * @param {string} wanted.text
 * @param {string} wanted.kind
 * @param {() => void} wanted.ongone
 * @param {string} [wanted.title]
 * @param {string} [wanted.picture]
 * @param {(anchor: HTMLElement) => void} [wanted.onedit]
 */
function chipElement({ text, kind, ongone, title, picture, onedit }) {
  const face = [picture && h('img', { src: picture, alt: '' }), h('span', {}, text)];
  const body = onedit
    ? h('button', { type: 'button', class: 'chip-face', title, 'aria-haspopup': 'dialog' }, ...face)
    : h('span', { class: 'chip-face', title }, ...face);
  if (onedit) body.addEventListener('click', () => onedit(body));
  const gone = h(
    'button',
    { type: 'button', class: 'chip-gone', 'aria-label': `Remove ${text}`, onclick: ongone },
    icon('close', 14),
  );
  return h('li', { class: `chip ${kind}` }, body, gone);
}
