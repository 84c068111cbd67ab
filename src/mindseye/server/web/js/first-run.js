/** The page of a library that has no photos yet: choose a folder, and they appear. */

import { fill, h, icon } from './dom.js';
import { Estimate } from './estimate.js';
import { FolderChooser } from './folder-chooser.js';
import { title } from './job-words.js';
import { current, jobs, startJob } from './live.js';
import { may } from './me.js';
import { attempt } from './notice.js';
import { bar, pace } from './progress.js';
import { effect } from './signal.js';

/** @type {HTMLElement | null} */
let made = null;

/** @returns {HTMLElement} the same each time, so that a choice outlives a reload of the photos */
export function firstRun() {
  made ??= may('admin') ? welcome() : waiting();
  return made;
}

/** For whoever may not take photos in. */
function waiting() {
  const words = may('viewer') ? 'Somebody who is an admin can take some in.' : '';
  return h('div', { class: 'welcome' }, h('h2', {}, 'There are no photos yet'), h('p', {}, words));
}

function welcome() {
  const element = h('div', { class: 'welcome' });
  const begin = h(
    'button',
    { type: 'button', class: 'button primary', disabled: true },
    'Take these photos in',
  );
  const estimate = new Estimate();
  const chooser = new FolderChooser((folder) => {
    begin.disabled = !folder;
    void estimate.look(folder);
  });
  begin.addEventListener('click', () => attempt(() => take(chooser.chosen, estimate.chosen)));
  effect(() => {
    const job = current(jobs.value);
    if (job) fill(element, ...working(job));
    else {
      fill(
        element,
        h('h2', {}, 'Where are your photos?'),
        h('p', {}, 'Files stay where they are and as they are. Nothing leaves this machine.'),
        chooser.element,
        estimate.element,
        h('div', { class: 'actions' }, begin),
      );
    }
  });
  return element;
}

/**
 * Takes a folder in. Another encoder comes afterwards: meanwhile the photos can be searched.
 * @param {string} folder
 * @param {string} encoder "" is the one in use
 */
async function take(folder, encoder) {
  await startJob({ kind: 'ingest', folders: [folder] });
  if (!encoder) return;
  await startJob({ kind: 'fetch', encoder });
  await startJob({ kind: 'reencode', encoder });
}

/** @param {import('./live.js').Job} job */
function working(job) {
  return [
    icon('photos', 44),
    h('h2', {}, title(job)),
    h('p', {}, pace(job)),
    bar(job),
    h('p', {}, 'Photos appear here as they are taken in, and can be searched from the first on.'),
  ];
}
