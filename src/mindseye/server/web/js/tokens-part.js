/** Tokens: what programs of one's own sign in by. */

import { get, send } from './api.js';
import { copyable } from './copy.js';
import { ask, labelled, opened } from './dialog.js';
import { h } from './dom.js';
import { GIVEN, may } from './me.js';
import { daysOf, deed, entries, entry, expiryChoice, part } from './settings-parts.js';
import { instant } from './words.js';

/**
 * @typedef {object} Token
 * @property {number} id
 * @property {string} name
 * @property {string} role
 * @property {number} created_at
 * @property {number | null} used_at
 * @property {number | null} expires_at
 */

/**
 * @param {() => void} reload
 * @returns {Promise<HTMLElement>}
 */
export async function tokensPart(reload) {
  /** @type {Token[]} */
  const tokens = await get('/tokens');
  return part(
    'Tokens',
    h('p', { class: 'faint' }, 'A program signs in by one. Whoever has it is let in.'),
    entries(
      'Tokens',
      tokens.map((token) => tokenEntry(token, reload)),
      'You have none.',
    ),
    h('div', { class: 'actions' }, deed('New token', () => addToken(reload))),
  );
}

/**
 * @param {Token} token
 * @param {() => void} reload
 */
function tokenEntry(token, reload) {
  const facts = [token.role, ...lifeOf(token)];
  return entry(
    token.name,
    facts,
    deed('Take back', () => takeBack(token, reload), `Take ${token.name} back`),
  );
}

/**
 * When something was made, used, and ends.
 * @param {{created_at: number, used_at: number | null, expires_at: number | null}} ticket
 */
export function lifeOf({ created_at: made, used_at: used, expires_at: end }) {
  const day = (/** @type {number} */ at) => instant(at, { dateStyle: 'medium' });
  return [
    `made ${day(made)}`,
    used ? `last used ${day(used)}` : 'never used',
    end ? `until ${day(end)}` : 'without an end',
  ];
}

/** @param {() => void} reload */
function addToken(reload) {
  const role = h(
    'select',
    { name: 'role' },
    ...GIVEN.filter(may).map((one) => h('option', { value: one }, one)),
  );
  ask({
    title: 'New token',
    content: [
      labelled('Name', h('input', { name: 'name', required: true, maxLength: 200 }), 'Its program.'),
      labelled('It may do what is done by a', role),
      labelled('It lets in for', expiryChoice(365)),
    ],
    deed: 'Make it',
    onsubmit: async (form) => {
      const wanted = { name: form.get('name'), role: form.get('role'), days: daysOf(form) };
      const { secret } = await send('POST', '/tokens', wanted);
      showSecret(String(wanted.name), secret);
      reload();
    },
  });
}

/**
 * @param {string} name
 * @param {string} secret
 */
function showSecret(name, secret) {
  const close = h('button', { type: 'button', class: 'button' }, 'I have it');
  const dialog = opened(
    'The token',
    h('h2', {}, `The token of ${name}`),
    h('p', {}, 'It is shown this once. The program sends it with each request as'),
    h('p', {}, h('code', {}, 'Authorization: Bearer …')),
    copyable('The token', secret),
    h('div', { class: 'actions' }, h('span', { class: 'gap' }), close),
  );
  dialog.classList.add('form');
  close.addEventListener('click', () => dialog.close());
}

/**
 * @param {Token} token
 * @param {() => void} reload
 */
function takeBack(token, reload) {
  ask({
    title: `Take ${token.name} back?`,
    content: [h('p', {}, 'Its program is let in no more.')],
    deed: 'Take back',
    onsubmit: async () => {
      await send('DELETE', `/tokens/${token.id}`);
      reload();
    },
  });
}
