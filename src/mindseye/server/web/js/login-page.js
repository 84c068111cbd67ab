/** Signing in, where the server has accounts. */

import { send } from './api.js';
import { labelled } from './dialog.js';
import { h } from './dom.js';
import { attempt } from './notice.js';

/** @returns {import('./main.js').Page} */
export function page() {
  const name = h('input', { name: 'name', required: true, autocomplete: 'username' });
  const password = h('input', {
    name: 'password',
    type: 'password',
    required: true,
    autocomplete: 'current-password',
  });
  const form = h(
    'form',
    { class: 'card form signin' },
    h('h1', {}, 'Sign in'),
    labelled('Name', name),
    labelled('Password', password),
    h('button', { class: 'button primary' }, 'Sign in'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(async () => {
      await send('POST', '/login', { name: name.value, password: password.value });
      location.assign('/');
    });
  });
  return { element: h('section', { class: 'page empty' }, form), arrive: () => name.focus() };
}
