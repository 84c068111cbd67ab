/** Who changed what, the latest first. For admins. */

import { get } from './api.js';
import { fill, h } from './dom.js';
import { attempt } from './notice.js';
import { deed, leaf, part } from './settings-parts.js';
import { instant } from './words.js';

/** @typedef {{id: number, at: number, who: string, did: string, what: string}} Entry */

const PAGE = 100;

/** @returns {import('./main.js').Page} */
export function page() {
  const list = h('ol', { class: 'log', 'aria-label': 'What was done' });
  const earlier = deed('Earlier ones', () => attempt(() => more()));
  let last = 0;
  const more = async () => {
    /** @type {Entry[]} */
    const entries = await get('/audit', last ? { limit: PAGE, before: last } : { limit: PAGE });
    last = entries.at(-1)?.id ?? last;
    list.append(...entries.map(item));
    earlier.hidden = entries.length < PAGE;
  };
  const load = () =>
    attempt(async () => {
      last = 0;
      fill(list);
      await more();
    });
  const shown = part('What was done', list, h('div', { class: 'actions' }, earlier));
  return { element: leaf('/settings/log', shown), arrive: () => void load() };
}

/** @param {Entry} entry */
function item({ at, who, did, what }) {
  const iso = new Date(at * 1000).toISOString();
  const time = instant(at, { dateStyle: 'medium', timeStyle: 'short' });
  return h(
    'li',
    { class: 'setting' },
    h('div', {}, h('b', {}, who), ' ', `${did}: ${what}`),
    h('small', {}, h('time', { datetime: iso }, time)),
  );
}
