/** One's own account: who is signed in, another password, signing out. */

import { send } from './api.js';
import { ask, labelled } from './dialog.js';
import { h } from './dom.js';
import { me } from './me.js';
import { tell } from './notice.js';
import { deed, line, part } from './settings-parts.js';

/** @returns {HTMLElement[]} nothing where there are no accounts */
export function accountPart() {
  const { accounts, name, role } = me();
  if (!accounts) return [];
  const leave = async () => {
    await send('POST', '/logout');
    location.assign('/login');
  };
  return [
    part(
      'Account',
      line('Signed in as', `${name}, ${role}`),
      line('Password', deed('Change it', changePassword)),
      line('This browser', deed('Sign out', leave)),
    ),
  ];
}

function changePassword() {
  ask({
    title: 'Change your password',
    content: [
      labelled('Password of now', passwordField('old', 'current-password')),
      labelled(
        'New password',
        passwordField('new', 'new-password'),
        'At least 8 characters. Every other browser and every program of yours is signed out.',
      ),
    ],
    deed: 'Change it',
    onsubmit: async (form) => {
      await send('POST', '/me/password', { old: form.get('old'), new: form.get('new') });
      tell('The password is another one now');
    },
  });
}

/**
 * @param {string} name
 * @param {'current-password' | 'new-password'} autocomplete
 */
export function passwordField(name, autocomplete) {
  return h('input', { name, type: 'password', required: true, autocomplete });
}
