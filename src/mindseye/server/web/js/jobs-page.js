/** Long work: what runs, what ran, and the files that could not be taken in. */

import { get } from './api.js';
import { fill, h } from './dom.js';
import { reported, title } from './job-words.js';
import { direct, generation, jobs, startJob } from './live.js';
import { attempt } from './notice.js';
import { bar, pace } from './progress.js';
import { effect } from './signal.js';
import { counted } from './words.js';

/** @typedef {import('./live.js').Job} Job */

const SKIPPED = 200;

const STATES = {
  waiting: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** @returns {import('./main.js').Page} */
export function page() {
  const list = h('div', { class: 'cards narrow' });
  const files = h('div', {});
  const onclick = () => void attempt(() => startJob({ kind: 'ingest' }));
  const element = h(
    'section',
    { class: 'page' },
    h(
      'div',
      { class: 'leaf' },
      h(
        'header',
        { class: 'leaf-head' },
        h('h1', {}, 'Jobs'),
        h('span', { class: 'gap' }),
        h(
          'button',
          { type: 'button', class: 'button primary for-admins', onclick },
          'Look at all folders again',
        ),
      ),
      list,
      files,
    ),
  );
  effect(() => {
    const known = jobs.value;
    fill(
      list,
      ...(known.length
        ? known.map(card)
        : [h('p', {}, 'Nothing has been done by this server yet.')]),
    );
  });
  const load = () =>
    attempt(async () => fill(files, ...skipped(await get('/skipped', { limit: SKIPPED }))));
  effect(() => {
    if (generation.value && element.isConnected) void load();
  });
  return { element, arrive: () => void load() };
}

/** @param {Job} job */
function card(job) {
  const open = ['waiting', 'running'].includes(job.state);
  return h(
    'article',
    { class: 'card card-body' },
    h('h2', {}, title(job), badge(job)),
    ...what(job).map((text) => h('code', {}, text)),
    open && h('small', {}, pace(job)),
    open && bar(job),
    job.report && h('small', {}, reported(job.report)),
    ...notices(job.report).map((text) => h('p', { class: 'faint' }, text)),
    left(job.report),
    job.error &&
      h('p', { class: 'trouble' }, [job.error.message, job.error.hint].filter(Boolean).join(': ')),
    h('div', { class: 'actions for-admins' }, ...deeds(job)),
  );
}

/** @param {Job} job */
function badge({ state }) {
  const kind = state === 'failed' ? 'badge bad' : state === 'done' ? 'badge' : 'badge busy';
  return h('span', { class: kind }, STATES[state]);
}

/** @param {Job} job */
function what({ arguments: said }) {
  const named = [said.encoder, said.album && `album ${said.album}`, ...(said.folders ?? [])];
  return named.filter(Boolean).map(String);
}

/** @param {Job} job */
function deeds(job) {
  /** @type {Record<string, ('pause' | 'resume' | 'cancel')[]>} */
  const allowed = {
    waiting: ['pause', 'cancel'],
    running: ['pause', 'cancel'],
    paused: ['resume', 'cancel'],
    failed: ['resume'],
  };
  const words = { pause: 'Pause', resume: 'Go on', cancel: 'Cancel' };
  return (allowed[job.state] ?? []).map((deed) =>
    h('button', { type: 'button', class: 'button', onclick: () => direct(job, deed) }, words[deed]),
  );
}

/** What a report tells besides counts. @param {Record<string, any> | null} said @returns {string[]} */
function notices(said) {
  return said?.notices ?? [];
}

/** What could not be done, with its reason. @param {Record<string, any> | null} said */
function left(said) {
  /** @type {{path: string, reason: string}[]} */
  const files = said?.left ?? [];
  if (!files.length) return null;
  return h(
    'details',
    {},
    h('summary', {}, `${counted(files.length, 'file')} left`),
    h('ul', { class: 'skipped' }, ...files.map(reasoned)),
  );
}

/** @param {{path: string, reason: string}} file */
function reasoned({ path, reason }) {
  return h('li', {}, h('code', {}, path), h('small', {}, reason));
}

/** @param {{path: string, reason: string}[]} files */
function skipped(files) {
  if (!files.length) return [];
  return [
    h('h2', { class: 'leaf-part' }, 'Files that could not be taken in'),
    h('p', { class: 'faint' }, 'Each is tried again when it changes.'),
    h('ul', { class: 'skipped' }, ...files.map(reasoned)),
  ];
}
