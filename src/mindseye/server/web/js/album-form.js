/** The form of an album: what belongs to it, and how it is searched. */

import { get, send } from './api.js';
import { ask, labelled } from './dialog.js';
import { fill, h } from './dom.js';
import { FolderChooser } from './folder-chooser.js';
import { startJob } from './live.js';
import { may } from './me.js';
import { attempt, tell } from './notice.js';
import { bytes } from './words.js';

/**
 * @typedef {object} Album
 * @property {number} id
 * @property {string} name
 * @property {string[]} folders
 * @property {string} description
 * @property {string} search
 * @property {string} encoder the spec that is wanted, "" is the library's
 * @property {string} searched_by
 * @property {number | null} min_score
 * @property {number | null} max_results
 * @property {boolean | null} optimise
 * @property {number | null} frames
 * @property {number} waiting
 * @property {number} picked
 * @property {string} trouble
 */

/**
 * @typedef {object} Encoder
 * @property {string} spec
 * @property {string} title
 * @property {string} languages
 * @property {number | null} bytes
 * @property {boolean} here
 * @property {boolean} in_use
 */

/**
 * @param {Album | null} album null is a new one
 * @param {() => void} ondone
 */
export async function editAlbum(album, ondone) {
  const encoders = await attempt(() => get('/encoders'));
  if (!encoders) return;
  const folders = may('admin') && new FolderList(album?.folders ?? []);
  const encoder = encoderChoice(encoders, album?.encoder ?? '');
  const remove = h('button', { type: 'button', class: 'button danger' }, 'Delete');
  const dialog = ask({
    title: album ? 'Edit the album' : 'New album',
    deed: album ? 'Save' : 'Create',
    aside: album ? [remove] : [],
    content: [
      labelled(
        'Name',
        h('input', { name: 'name', required: true, maxLength: 200, value: album?.name ?? '' }),
      ),
      labelled(
        'Search',
        h('input', { name: 'search', value: album?.search ?? '', placeholder: 'dog rating:>=4' }),
        'Every photo that this finds belongs to it, also those to come.',
      ),
      folders && folders.element,
      folders && labelled('Encoder', encoder.select, encoder.note),
      h(
        'details',
        { open: Boolean(album?.min_score ?? album?.max_results ?? album?.optimise) },
        h('summary', {}, 'How it is searched'),
        labelled(
          'Least score',
          number('min_score', album?.min_score, 'any'),
          'Empty: the end of relevance decides.',
        ),
        labelled('Most results', number('max_results', album?.max_results, '1')),
        labelled('Query optimisation', optimisation(album?.optimise ?? null)),
      ),
      labelled(
        'Description',
        h('textarea', { name: 'description', rows: 2, value: album?.description ?? '' }),
      ),
    ],
    onsubmit: async (form) => {
      // Only an admin chooses folders and encoders: of others they stay as they are.
      const chosen = folders && { encoder: form.get('encoder'), folders: folders.chosen };
      await keep(album, { ...said(form), ...chosen });
      ondone();
    },
  });
  remove.addEventListener('click', () => {
    dialog.close();
    if (album) void removeAlbum(album, ondone);
  });
}

/**
 * @param {Album | null} album
 * @param {Record<string, unknown>} wanted
 */
async function keep(album, wanted) {
  const path = album ? `/albums/${album.id}` : '/albums';
  const made = await send(album ? 'PATCH' : 'POST', path, wanted);
  if ((wanted.encoder ?? album?.encoder ?? '') === (album?.encoder ?? '')) return;
  await startJob({ kind: 'reencode', album: made.name, encoder: wanted.encoder });
  tell('The photos of this album are being encoded', {
    hint: 'Until that is done it is searched as before.',
  });
}

/**
 * @param {Album} album
 * @param {() => void} ondone
 */
async function removeAlbum({ id, name }, ondone) {
  ask({
    title: `Delete “${name}”?`,
    deed: 'Delete',
    content: [h('p', {}, 'Its photos stay in the library.')],
    onsubmit: async () => {
      await send('DELETE', `/albums/${id}`);
      ondone();
    },
  });
}

/** @param {FormData} form */
function said(form) {
  const text = (/** @type {string} */ name) => String(form.get(name) ?? '').trim();
  const amount = (/** @type {string} */ name) => (text(name) ? Number(text(name)) : null);
  return {
    name: text('name'),
    search: text('search'),
    description: text('description'),
    min_score: amount('min_score'),
    max_results: amount('max_results'),
    optimise: text('optimise') ? text('optimise') === 'yes' : null,
  };
}

/**
 * @param {Encoder[]} encoders
 * @param {string} wanted a spec that is not among the known ones stays to be chosen
 */
function encoderChoice(encoders, wanted) {
  const custom = wanted && !encoders.some(({ spec }) => spec === wanted);
  const select = h(
    'select',
    { name: 'encoder' },
    h('option', { value: '' }, 'As the library'),
    ...encoders.map(({ spec, title }) => h('option', { value: spec }, title || spec)),
    custom && h('option', { value: wanted }, `${wanted} (custom)`),
  );
  select.value = wanted;
  const note = h('span', {});
  const tellNote = () => {
    const found = encoders.find(({ spec }) => spec === select.value);
    const facts = found
      ? [
          found.languages,
          found.bytes && bytes(found.bytes),
          found.here ? 'on this machine' : 'must be fetched first',
        ]
      : [];
    const change =
      select.value === wanted
        ? ''
        : 'Its photos are encoded anew; until then it is searched as before.';
    fill(note, [...facts, change].filter(Boolean).join(' · '));
  };
  select.addEventListener('change', tellNote);
  tellNote();
  return { select, note };
}

/**
 * @param {string} name
 * @param {number | null | undefined} value
 * @param {string} step
 */
function number(name, value, step) {
  return h('input', {
    type: 'number',
    name,
    step,
    value: value === null || value === undefined ? '' : String(value),
  });
}

/** @param {boolean | null} chosen */
function optimisation(chosen) {
  const select = h(
    'select',
    { name: 'optimise' },
    h('option', { value: '' }, 'As the library'),
    h('option', { value: 'yes' }, 'Yes'),
    h('option', { value: 'no' }, 'No'),
  );
  if (chosen !== null) select.value = chosen ? 'yes' : 'no';
  return select;
}

/** The folders of an album, with a way to add one. */
class FolderList {
  /** @param {string[]} chosen */
  constructor(chosen) {
    this.chosen = [...chosen];
    this.list = h('ul', { class: 'chips' });
    const chooser = new FolderChooser();
    const onclick = () => {
      if (!chooser.chosen || this.chosen.includes(chooser.chosen)) return;
      this.chosen.push(chooser.chosen);
      this.#draw();
    };
    const add = h('button', { type: 'button', class: 'button small', onclick }, 'Add this folder');
    this.element = h(
      'details',
      { class: 'labelled', open: chosen.length > 0 },
      h('summary', {}, 'Folders'),
      this.list,
      chooser.element,
      h('div', {}, add),
    );
    this.#draw();
  }

  #draw() {
    fill(
      this.list,
      ...this.chosen.map((folder) => {
        const onclick = () => {
          this.chosen = this.chosen.filter((other) => other !== folder);
          this.#draw();
        };
        return h(
          'li',
          { class: 'chip filter' },
          h('span', { class: 'chip-face' }, folder),
          h(
            'button',
            { type: 'button', class: 'chip-gone', 'aria-label': `Remove ${folder}`, onclick },
            '×',
          ),
        );
      }),
    );
  }
}
