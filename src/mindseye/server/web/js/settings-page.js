/** Settings: how the page looks, what the library holds, its folders, who is signed in. */

import { accountPart } from './account-part.js';
import { get } from './api.js';
import { ask, opened } from './dialog.js';
import { fill, h } from './dom.js';
import { FolderChooser } from './folder-chooser.js';
import { startJob } from './live.js';
import { may } from './me.js';
import { attempt } from './notice.js';
import { settingsForm } from './settings-form.js';
import { deed, leaf, line, part } from './settings-parts.js';
import { list as listKeys } from './shortcuts.js';
import { effect } from './signal.js';
import { choose, chosen } from './theme.js';
import { watchedRoots } from './watched-roots.js';
import { bytes, count } from './words.js';

/** @typedef {{encoder: string, dim: number, vectors: number}} Space */

/** @returns {import('./main.js').Page} */
export function page() {
  const library = h('div', {});
  const server = h('div', {});
  const account = h('div', {});
  const element = leaf(
    '/settings',
    part('Appearance', line('Theme', themes()), line('Keys', deed('Show the keys', listKeys))),
    library,
    account,
    server,
  );
  const load = async () => {
    await attempt(async () => fill(library, ...libraryParts(await get('/status'))));
    fill(account, ...accountPart());
    if (may('admin')) fill(server, serverPart());
  };
  return { element, arrive: () => void load() };
}

function themes() {
  /** @type {['' | 'light' | 'dark', string][]} */
  const known = [
    ['', 'As the system'],
    ['light', 'Light'],
    ['dark', 'Dark'],
  ];
  const group = h('div', { class: 'segments', role: 'group', 'aria-label': 'Theme' });
  effect(() =>
    fill(
      group,
      ...known.map(([theme, words]) =>
        h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(chosen.value === theme),
            onclick: () => choose(theme),
          },
          words,
        ),
      ),
    ),
  );
  return group;
}

/** @param {any} status as the API says it */
function libraryParts(status) {
  const { coverage } = status;
  const disk = Object.values(status.bytes_on_disk).reduce(
    (all, part) => Number(all) + Number(part),
    0,
  );
  return [
    part(
      'Library',
      line('Photos', count(coverage.photos)),
      line(
        'Searchable',
        `${count(status.encoded)}${status.waiting ? `, ${count(status.waiting)} waiting` : ''}`,
      ),
      line('Skipped files', h('a', { href: '/jobs' }, count(coverage.skipped))),
      line('On disk', bytes(Number(disk))),
      line('Folders', h('div', { class: 'roots' }, watchedRoots(), may('admin') && addFolder())),
      ...status.notices.map((/** @type {string} */ notice) => h('p', { class: 'trouble' }, notice)),
    ),
    part(
      'Encoders',
      ...status.spaces.map((/** @type {Space} */ { encoder, dim, vectors }) =>
        line(
          encoder,
          `${count(vectors)} pictures · ${dim} numbers each${encoder === status.encoder ? ' · in use' : ''}`,
        ),
      ),
    ),
  ].filter((one) => one.childElementCount > 1);
}

function addFolder() {
  const onclick = () => {
    const chooser = new FolderChooser();
    ask({
      title: 'Take a folder in',
      content: [chooser.element],
      deed: 'Take in',
      onsubmit: async () => {
        if (!chooser.chosen) throw new Error('Choose a folder first');
        await startJob({ kind: 'ingest', folders: [chooser.chosen] });
      },
    });
  };
  return h('button', { type: 'button', class: 'button small', onclick }, 'Add a folder');
}

function serverPart() {
  const show = () =>
    attempt(async () => {
      const form = settingsForm(await get('/settings'));
      const words = 'What may be changed here is kept; flags and the environment win.';
      const name = 'Settings of the server';
      opened(name, h('h2', {}, name), h('p', { class: 'faint' }, words), form);
    });
  return part('Server', line('What it runs by', deed('Show them', show)));
}
