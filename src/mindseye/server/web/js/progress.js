/** What a job says of itself, and the card that shows it wherever one is on the page. */

import { fill, h, iconButton } from './dom.js';
import { beforeCounting, title } from './job-words.js';
import { current, direct, jobs } from './live.js';
import { effect } from './signal.js';
import { bytes, count, duration } from './words.js';

/** @typedef {import('./live.js').Job} Job */

/**
 * How far a job is, of 1.
 * @param {Job} job
 */
export function share({ progress }) {
  return progress.total ? Math.min(1, progress.done / progress.total) : 0;
}

/**
 * How far a job is, in words.
 * @param {Job} job
 */
export function pace(job) {
  const { progress, state } = job;
  if (state === 'waiting') return 'Waits for its turn';
  if (!progress.total) return beforeCounting(job);
  const show = progress.what === 'bytes' ? bytes : count;
  const left = progress.seconds_left;
  const said = [
    `${show(progress.done)} of ${show(progress.total)}`,
    progress.skipped && `${count(progress.skipped)} skipped`,
    left !== null && left !== undefined && left > 0 && `${duration(left)} left`,
  ];
  return said.filter(Boolean).join(' · ');
}

/**
 * A bar that is filled as far as a job is.
 * @param {Job} job
 */
export function bar(job) {
  const filled = h('i');
  filled.style.width = `${share(job) * 100}%`;
  const now = Math.round(share(job) * 100);
  return h(
    'div',
    {
      class: 'bar',
      role: 'progressbar',
      'aria-label': title(job),
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': now,
    },
    filled,
  );
}

/** The card of what is running, at the foot of the rail. */
export function progressCard() {
  const card = h('div', { class: 'progress', hidden: true });
  effect(() => {
    const job = current(jobs.value);
    card.hidden = !job;
    if (!job) return;
    fill(
      card,
      h(
        'a',
        { class: 'progress-words', href: '/jobs' },
        h('b', {}, title(job)),
        h('small', {}, pace(job)),
      ),
      iconButton('close', 'Pause', () => direct(job, 'pause'), { class: 'round for-admins' }),
      bar(job),
    );
  });
  return card;
}
