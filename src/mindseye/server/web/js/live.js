/** What goes on in the library while the page is open: jobs, and that photos were written. */

import { events, get, send } from './api.js';
import { attempt } from './notice.js';
import { signal } from './signal.js';

/**
 * @typedef {object} Job
 * @property {number} id
 * @property {string} kind
 * @property {Record<string, any>} arguments
 * @property {'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled'} state
 * @property {number} created_at seconds since 1970
 * @property {number | null} started_at
 * @property {number | null} ended_at
 * @property {Record<string, any>} progress
 * @property {Record<string, any> | null} report
 * @property {{error: string, message: string, hint: string} | null} error
 */

/** All jobs, the latest first. @type {import('./signal.js').Signal<Job[]>} */
export const jobs = signal([]);

/** Another text after every write to the library; "" until it is known. */
export const generation = signal('');

/** @type {EventSource | null} */
let source = null;

/** Listens while the page is in sight: a browser opens only six streams to one server. */
export function listen() {
  const follow = () => (document.hidden ? stop() : start());
  document.addEventListener('visibilitychange', follow);
  addEventListener('pagehide', stop);
  follow();
}

/**
 * The job that is running, or else the next that will.
 * @param {Job[]} among
 */
export function current(among) {
  return (
    among.find((job) => job.state === 'running') ?? among.find(({ state }) => state === 'waiting')
  );
}

/**
 * @param {Record<string, unknown>} wanted a job as the API takes it
 * @returns {Promise<Job>}
 */
export async function startJob(wanted) {
  const job = await send('POST', '/jobs', wanted);
  put(job);
  return job;
}

/**
 * @param {Job} job
 * @param {'pause' | 'resume' | 'cancel'} deed
 */
export async function direct(job, deed) {
  await attempt(async () => put(await send('POST', `/jobs/${job.id}/${deed}`)));
}

function start() {
  if (source) return;
  void attempt(async () => (jobs.value = await get('/jobs')));
  source = events();
  source.addEventListener('job', ({ data }) => put(JSON.parse(data)));
  source.addEventListener(
    'library',
    ({ data }) => (generation.value = JSON.parse(data).generation),
  );
}

function stop() {
  source?.close();
  source = null;
}

/** @param {Job} job */
function put(job) {
  const others = jobs.value.filter(({ id }) => id !== job.id);
  jobs.value = [...others, job].sort((a, b) => b.id - a.id);
}
