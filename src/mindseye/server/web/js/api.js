/** The HTTP API as functions. What fails is thrown as a `Problem` that says what to do. */

import { unpacked } from './columns.js';

const ROOT = '/api/v1';
/** An event of the window: somebody has to sign in before what was asked is answered. */
export const SIGN_IN = 'mindseye:sign-in';

const BINARY = 'application/vnd.mindseye.columns';

/** @typedef {URLSearchParams | Record<string, string | number | boolean>} Parameters */
/** @typedef {{columns: Record<string, any>, meta: Record<string, any>}} Unpacked */

/** Why a request was not answered (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {string} detail
   * @param {{status?: number, hint?: string, offset?: number | null}} [more] `offset` is the
   *   character of a query where the trouble starts
   */
  constructor(detail, { status = 0, hint = '', offset = null } = {}) {
    super(detail);
    this.status = status;
    this.hint = hint;
    this.offset = offset;
  }
}

/**
 * @param {string} path
 * @param {Parameters} [parameters]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function get(path, parameters, signal) {
  return (await ask(path, parameters, { signal })).json();
}

/**
 * @param {'POST' | 'PATCH' | 'DELETE'} method
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @returns {Promise<any>} null where the server has nothing to say
 */
export async function send(method, path, body) {
  /** @type {RequestInit} */
  const init = { method };
  if (body !== undefined) {
    init.headers = { 'Content-Type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const answer = await ask(path, undefined, init);
  return answer.status === 204 ? null : answer.json();
}

/**
 * Columns of numbers; with pictures they are asked by those.
 * @param {string} path
 * @param {Parameters} [parameters]
 * @param {{signal?: AbortSignal, pictures?: File[]}} [how]
 * @returns {Promise<Unpacked>}
 */
export async function columns(path, parameters, { signal, pictures = [] } = {}) {
  /** @type {RequestInit} */
  const init = { signal, headers: { Accept: BINARY } };
  if (pictures.length) Object.assign(init, { method: 'POST', body: formOf(pictures) });
  return unpacked(await (await ask(path, parameters, init)).arrayBuffer());
}

/**
 * What is answered about pictures that are sent along.
 * @param {string} path
 * @param {Parameters} parameters
 * @param {File[]} pictures
 * @returns {Promise<any>}
 */
export async function sendPictures(path, parameters, pictures) {
  return (await ask(path, parameters, { method: 'POST', body: formOf(pictures) })).json();
}

/** @param {File[]} pictures */
function formOf(pictures) {
  const form = new FormData();
  for (const picture of pictures) form.append('picture', picture);
  return form;
}

/**
 * The address of a small picture of a photo; with its tag it is kept for ever.
 * @param {number} id
 * @param {number | string} tag as a number of the columns, or the text of the facts
 * @param {160 | 320 | 640 | 1440} [size] the short side
 */
export function thumbnail(id, tag, size = 320) {
  const text = typeof tag === 'number' ? tag.toString(16).padStart(8, '0') : tag;
  return `${ROOT}/photos/${id}/thumbnail?size=${size}&tag=${text}`;
}

/**
 * The address of the file itself.
 * @param {number} id
 */
export function original(id) {
  return `${ROOT}/photos/${id}/original?download=true`;
}

/**
 * What changes in the library, told as it happens.
 * @returns {EventSource}
 */
export function events() {
  return new EventSource(`${ROOT}/events`);
}

/**
 * @param {string} path
 * @param {Parameters | undefined} parameters
 * @param {RequestInit} init
 */
async function ask(path, parameters, init) {
  const query = parameters ? `?${new URLSearchParams(/** @type {any} */ (parameters))}` : '';
  const answer = await fetch(ROOT + path + query, init);
  if (answer.status === 401) dispatchEvent(new Event(SIGN_IN));
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/** @param {Response} answer */
async function problemOf(answer) {
  const told = await answer.json().catch(() => ({}));
  const mistakes = (told.mistakes ?? []).map(
    (/** @type {{where: string, message: string}} */ one) => `${one.where}: ${one.message}`,
  );
  return new Problem(told.detail ?? `the server answered ${answer.status}`, {
    status: answer.status,
    hint: told.hint || mistakes.join('; '),
    offset: told.offset,
  });
}

/**
 * Whether something failed only because it was no longer wanted.
 * @param {unknown} error
 */
export function isAborted(error) {
  return error instanceof DOMException && error.name === 'AbortError';
}
