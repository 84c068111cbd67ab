/** Who is let in: users, tokens of programs, links for guests; to each what they may see of it. */

import { fill, h } from './dom.js';
import { linksPart } from './links-part.js';
import { may, me } from './me.js';
import { attempt } from './notice.js';
import { leaf } from './settings-parts.js';
import { tokensPart } from './tokens-part.js';
import { usersPart } from './users-part.js';

/** @returns {import('./main.js').Page} */
export function page() {
  const body = h('div', {});
  const load = () =>
    attempt(async () => {
      const { accounts } = me();
      const parts = await Promise.all([
        may('admin') && usersPart(load),
        accounts && tokensPart(load),
        accounts && may('editor') && linksPart(load),
      ]);
      fill(body, ...parts);
    });
  return { element: leaf('/settings/access', body), arrive: () => void load() };
}
