/** Who looks at the page, and what they may do; the style sheet hides what they may not. */

import { get, Problem } from './api.js';

/** @typedef {'nobody' | 'guest' | 'viewer' | 'editor' | 'admin'} Role */

/**
 * @typedef {object} Me
 * @property {string} version of the server
 * @property {string} tiles
 * @property {boolean} accounts whether there are any, so that everybody has to sign in
 * @property {string} name
 * @property {Role} role
 * @property {string | null} album the only one a guest may see
 * @property {boolean} originals whether the files themselves may be read
 */

/** Each may do what those before may. @type {Role[]} */
const ROLES = ['nobody', 'guest', 'viewer', 'editor', 'admin'];

/** The roles that an account may have. @type {Role[]} */
export const GIVEN = ['viewer', 'editor', 'admin'];

/** @type {Me} */
const NOBODY = {
  version: '',
  tiles: '',
  accounts: true,
  name: '',
  role: 'nobody',
  album: null,
  originals: false,
};

let known = NOBODY;

/** Who looks at the page; nobody, until that was learnt. */
export function me() {
  return known;
}

/**
 * Whether whoever looks has at least this role.
 * @param {Role} role
 */
export function may(role) {
  return ROLES.indexOf(known.role) >= ROLES.indexOf(role);
}

/** Learns who looks at the page, before anything is shown. */
export async function learnMe() {
  try {
    known = await get('/me');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    known = NOBODY;
  }
  const { dataset } = document.documentElement;
  dataset.role = known.role;
  dataset.originals = known.originals ? 'yes' : 'no';
  if (known.album !== null) document.title = known.album;
}
