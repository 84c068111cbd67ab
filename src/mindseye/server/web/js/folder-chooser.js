/** Choosing a folder of the machine that serves, step by step. */

import { get } from './api.js';
import { fill, h, icon, iconButton } from './dom.js';
import { attempt } from './notice.js';

/** @typedef {{folder: string | null, above: string | null, folders: string[]}} Listed */

export class FolderChooser {
  /** The folder that is looked into; "" while only those to begin with are listed. */
  chosen = '';

  /** @param {(folder: string) => void} [onchange] */
  constructor(onchange = () => {}) {
    this.onchange = onchange;
    this.path = h('code', {});
    this.list = h('ul', { class: 'folders', 'aria-label': 'Folders' });
    this.element = h('div', { class: 'chooser' }, this.path, this.list);
    void this.#look(null);
  }

  /** @param {string | null} below */
  async #look(below) {
    const listed = await attempt(() => get('/folders', below === null ? {} : { below }));
    if (listed) this.#show(listed);
  }

  /** @param {Listed} listed */
  #show({ folder, above, folders }) {
    this.chosen = folder ?? '';
    fill(this.path, folder ?? 'Folders that the server may look at');
    const up = iconButton('up', 'Up', () => this.#look(above));
    fill(
      this.list,
      folder !== null && h('li', {}, up),
      ...folders.map((inner) => h('li', {}, this.#entry(inner, folder))),
    );
    this.onchange(this.chosen);
  }

  /**
   * @param {string} inner
   * @param {string | null} folder that it lies in
   */
  #entry(inner, folder) {
    const name = folder === null ? inner : inner.slice(folder.length).replace(/^[\\/]/, '');
    const onclick = () => void this.#look(inner);
    return h(
      'button',
      { type: 'button', class: 'line', onclick },
      icon('folder', 18),
      h('span', {}, name),
    );
  }
}
