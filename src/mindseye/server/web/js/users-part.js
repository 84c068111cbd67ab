/** The users of the server: who may sign in, and what each may do. For admins. */

import { get, send } from './api.js';
import { passwordField } from './account-part.js';
import { ask, labelled } from './dialog.js';
import { h } from './dom.js';
import { GIVEN, me } from './me.js';
import { attempt, tell } from './notice.js';
import { deed, entries, entry, part } from './settings-parts.js';
import { instant } from './words.js';

/** @typedef {{name: string, role: import('./me.js').Role, created_at: number}} User */

const MEANS = 'A viewer searches, an editor also corrects and keeps albums, an admin does all.';

/**
 * @param {() => void} reload
 * @returns {Promise<HTMLElement>}
 */
export async function usersPart(reload) {
  if (!me().accounts) return beginning();
  /** @type {User[]} */
  const users = await get('/users');
  return part(
    'Users',
    h('p', { class: 'faint' }, MEANS),
    entries(
      'Users',
      users.map((user) => userEntry(user, reload)),
      '',
    ),
    h('div', { class: 'actions' }, deed('Add a user', () => addUser(reload))),
  );
}

/** Before there are accounts: only this machine is let in. */
function beginning() {
  return part(
    'Users',
    h(
      'p',
      {},
      'There are no accounts: only this machine is let in, and it may do everything. With a first user, an admin, everybody signs in, and others can be let in, programs by tokens and guests by links.',
    ),
    h('div', { class: 'actions' }, deed('Add the first user', addFirst)),
  );
}

function addFirst() {
  ask({
    title: 'Add the first user',
    content: naming('From then on you sign in by this name.'),
    deed: 'Add',
    onsubmit: async (form) => {
      const [name, password] = [form.get('name'), form.get('password')];
      await send('POST', '/users', { name, password, role: 'admin' });
      await send('POST', '/login', { name, password });
      location.assign('/settings/access');
    },
  });
}

/** @param {() => void} reload */
function addUser(reload) {
  ask({
    title: 'Add a user',
    content: [...naming(''), labelled('Role', roleChoice('viewer', 'role'), MEANS)],
    deed: 'Add',
    onsubmit: async (form) => {
      await send('POST', '/users', Object.fromEntries(form));
      reload();
    },
  });
}

/** @param {string} note */
function naming(note) {
  const name = h('input', { name: 'name', required: true, maxLength: 100, autocomplete: 'off' });
  return [
    labelled('Name', name, note),
    labelled('Password', passwordField('password', 'new-password'), 'At least 8 characters.'),
  ];
}

/**
 * @param {User} user
 * @param {() => void} reload
 */
function userEntry(user, reload) {
  const role = roleChoice(user.role, '');
  role.setAttribute('aria-label', `Role of ${user.name}`);
  role.addEventListener('change', async () => {
    const changed = await attempt(() => send('PATCH', path(user), { role: role.value }));
    if (changed) tell(`${user.name} is ${role.value} now`);
    reload();
  });
  const own = user.name === me().name;
  const others = [
    deed('Password', () => setPassword(user), `Password of ${user.name}`),
    deed('Remove', () => removeUser(user, reload), `Remove ${user.name}`),
  ];
  const since = `since ${instant(user.created_at, { dateStyle: 'medium' })}`;
  return entry(user.name, [since, own && 'you'], role, ...(own ? [] : others));
}

/** @param {User} user */
function path({ name }) {
  return `/users/${encodeURIComponent(name)}`;
}

/**
 * @param {import('./me.js').Role} chosen
 * @param {string} name
 */
export function roleChoice(chosen, name) {
  const select = h(
    'select',
    { name, class: 'choice' },
    ...GIVEN.map((role) => h('option', { value: role }, role)),
  );
  select.value = chosen;
  return select;
}

/** @param {User} user */
function setPassword(user) {
  ask({
    title: `Another password for ${user.name}`,
    content: [
      labelled(
        'New password',
        passwordField('password', 'new-password'),
        'At least 8 characters. They are signed out everywhere.',
      ),
    ],
    deed: 'Change it',
    onsubmit: async (form) => {
      await send('PATCH', path(user), { password: form.get('password') });
      tell(`${user.name} signs in by the new password`);
    },
  });
}

/**
 * @param {User} user
 * @param {() => void} reload
 */
function removeUser(user, reload) {
  ask({
    title: `Remove ${user.name}?`,
    content: [h('p', {}, 'They are signed out, and their tokens let nothing in any more.')],
    deed: 'Remove',
    onsubmit: async () => {
      await send('DELETE', path(user));
      reload();
    },
  });
}
