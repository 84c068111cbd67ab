/** What is looked for, as the address of the page says it: shareable, and Back goes back. */

/**
 * @typedef {object} Asked
 * @property {string} q as it is typed
 * @property {'' | 'newest'} sort "" is best match first
 * @property {number[]} like more like these photos
 * @property {number[]} unlike less like these
 * @property {string} album
 */

/** @returns {Asked} */
export function nothing() {
  return { q: '', sort: '', like: [], unlike: [], album: '' };
}

/**
 * @param {string} search of an address
 * @returns {Asked}
 */
export function fromAddress(search) {
  const said = new URLSearchParams(search);
  const ids = (/** @type {string} */ name) =>
    said
      .getAll(name)
      .map(Number)
      .filter((id) => Number.isSafeInteger(id) && id > 0);
  return {
    q: said.get('q') ?? '',
    sort: said.get('sort') === 'newest' ? 'newest' : '',
    like: ids('like'),
    unlike: ids('unlike'),
    album: said.get('album') ?? '',
  };
}

/**
 * The same as it is sent: what says nothing is left out.
 * @param {Asked} asked
 */
export function parameters(asked) {
  const said = new URLSearchParams();
  if (asked.q.trim()) said.set('q', asked.q.trim());
  if (asked.sort) said.set('sort', asked.sort);
  for (const id of asked.like) said.append('like', String(id));
  for (const id of asked.unlike) said.append('unlike', String(id));
  if (asked.album) said.set('album', asked.album);
  return said;
}

/**
 * The address of the page that shows it.
 * @param {Asked} asked
 */
export function toAddress(asked) {
  const said = parameters(asked).toString();
  return said ? `/?${said}` : '/';
}

/**
 * Whether all photos are meant.
 * @param {Asked} asked
 */
export function isEverything(asked) {
  return toAddress({ ...asked, sort: '' }) === '/';
}
