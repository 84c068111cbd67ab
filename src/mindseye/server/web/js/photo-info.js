/** The drawer beside a photo: what is known of it, why it was found, and what looks like it. */

import { columns, thumbnail } from './api.js';
import { fill, h, icon, iconButton } from './dom.js';
import { may } from './me.js';
import { attempt } from './notice.js';
import { editDate, editPlace, inWords } from './photo-edit.js';
import { comeBack, said } from './photo-said.js';
import { bytes, moment, percent } from './words.js';

/** @typedef {import('./columns.js').Photos} Photos */

/**
 * What the API says of a photo; `docs/reference/http.md` has all of it.
 * @typedef {object} Facts
 * @property {number} id
 * @property {string} path
 * @property {string} name
 * @property {number} size
 * @property {number} width
 * @property {number} height
 * @property {string} tag
 * @property {string | null} missing_since
 * @property {Metadata} metadata
 * @property {{city: string | null, region: string | null, country: string | null} | null} located
 * @property {Reasons | null} [reasons]
 */

/**
 * @typedef {object} Metadata
 * @property {string | null} taken_at
 * @property {string | null} offset
 * @property {string | null} precision
 * @property {{latitude: number, longitude: number} | null} gps
 * @property {{city: string | null, region: string | null, country: string | null} | null} place
 * @property {string | null} camera
 * @property {string | null} lens
 * @property {Record<string, number | null> | null} exposure
 * @property {string | null} title
 * @property {string | null} caption
 * @property {string[]} keywords
 * @property {string[]} people
 * @property {number | null} rating
 * @property {boolean | null} favourite
 * @property {{tool: string, prompt: string | null} | null} generation
 * @property {Record<string, string>} sources where each field is known from
 */

/**
 * @typedef {object} Reasons
 * @property {number} score
 * @property {number | null} probability
 * @property {boolean} relevant
 * @property {{term: string, weight: number, score: number}[]} why
 * @property {{filter: string, known: string}[]} passed
 * @property {{field: string, snippet: string}[]} mentions
 */

/**
 * @typedef {object} Told
 * @property {(change: Record<string, unknown>) => Promise<void>} onedit
 * @property {(change: Record<string, unknown>) => Promise<void>} onsay the same, but throws
 * @property {(query: string) => void} onsearch
 * @property {(photos: Photos, place: number) => void} onopen
 * @property {() => void} onclose
 * @property {import('./mini-map.js').MiniMap} map
 */

const STARS = [1, 2, 3, 4, 5];
const SIMILAR = 9;

/**
 * @param {Facts} facts
 * @param {Told} told
 * @returns {import('./dom.js').Child[]}
 */
export function infoOf(facts, told) {
  return [
    h(
      'header',
      { class: 'drawer-head' },
      h('h2', {}, 'About'),
      iconButton('close', 'Close the drawer', told.onclose),
    ),
    caption(facts, told),
    stars(facts, told),
    h('div', { class: 'rows' }, ...rows(facts, told)),
    ...keywords(facts, told),
    ...said(facts, told.onsay),
    ...reasons(facts.reasons),
    ...generation(facts.metadata.generation),
    ...(may('viewer') ? similar(facts, told) : []),
  ];
}

/**
 * @param {Facts} facts
 * @param {Told} told
 */
function caption({ metadata }, { onedit }) {
  if (!may('editor')) return metadata.caption && h('p', { class: 'caption' }, metadata.caption);
  const text = h('textarea', {
    class: 'caption',
    rows: 1,
    placeholder: 'Add a caption',
    'aria-label': 'Caption',
    value: metadata.caption ?? '',
  });
  text.addEventListener('change', () => onedit({ caption: text.value.trim() }));
  return text;
}

/**
 * @param {Facts} facts
 * @param {Told} told
 */
function stars({ metadata }, { onedit }) {
  const rating = metadata.rating ?? 0;
  if (!may('editor')) return rating > 0 && fixedStars(rating);
  return h(
    'div',
    { class: 'stars', role: 'group', 'aria-label': 'Rating' },
    ...STARS.map((star) =>
      h(
        'button',
        {
          type: 'button',
          class: star <= rating ? 'star lit' : 'star',
          'aria-label': star === 1 ? '1 star' : `${star} stars`,
          'aria-pressed': String(star === rating),
          onclick: () => onedit({ rating: star === rating ? 0 : star }),
        },
        icon('star', 20),
      ),
    ),
  );
}

/** @param {number} rating */
function fixedStars(rating) {
  const label = rating === 1 ? '1 star' : `${rating} stars`;
  const lit = STARS.slice(0, rating).map(() => h('span', { class: 'star lit' }, icon('star', 20)));
  return h('div', { class: 'stars', role: 'img', 'aria-label': label }, ...lit);
}

/**
 * @param {Facts} facts
 * @param {Told} told
 */
function rows(facts, told) {
  const { metadata } = facts;
  const pixels = `${facts.width} × ${facts.height} · ${bytes(facts.size)}`;
  return [
    date(facts, told),
    row('photos', facts.name, facts.missing_since ? `${pixels} · the file is gone` : pixels),
    (metadata.camera || metadata.exposure) &&
      row('camera', metadata.camera ?? 'Camera', exposure(metadata)),
    place(facts, told),
    metadata.gps && may('viewer') && told.map.element,
    facts.path && row('folder', facts.path.slice(0, -facts.name.length - 1) || '/', ''),
    metadata.people.length > 0 && row('person', metadata.people.join(', '), ''),
  ].filter((one) => one instanceof Node);
}

/**
 * @param {Facts} facts
 * @param {Told} told
 */
function date(facts, { onsay }) {
  const { taken_at: taken, offset, precision } = facts.metadata;
  const edit = pencil('Edit the date', () => editDate(facts, onsay));
  if (!taken) return edit && row('calendar', 'No date', '', edit);
  const exact = !precision || ['minute', 'second', 'exact', 'subsecond'].includes(precision);
  const time = exact ? moment(taken ?? '', { timeStyle: 'short' }) : `exact to the ${precision}`;
  const full = moment(taken ?? '', { dateStyle: 'full' });
  return row('calendar', full, [time, offset && `UTC${offset}`].filter(Boolean).join(' '), edit);
}

/** @param {Metadata} metadata */
function exposure({ exposure: known, lens }) {
  const seconds = known?.seconds;
  const said = [
    lens,
    known?.f_number && `ƒ/${known.f_number}`,
    seconds && (seconds < 0.4 ? `1/${Math.round(1 / seconds)} s` : `${seconds} s`),
    known?.focal_length && `${known.focal_length} mm`,
    known?.iso && `ISO ${known.iso}`,
  ];
  return said.filter(Boolean).join(' · ');
}

/**
 * @param {Facts} facts
 * @param {Told} told
 */
function place(facts, { onsearch, onsay }) {
  const { gps } = facts.metadata;
  const words = inWords(facts.metadata.place ?? facts.located);
  const edit = pencil('Edit the place', () => editPlace(facts, onsay));
  if (!gps && !words) return edit && row('place', 'No place', '', edit);
  const at = gps && `${gps.latitude.toFixed(4)}, ${gps.longitude.toFixed(4)}`;
  const shown = row('place', words || at || '', words ? (at ?? '') : '');
  if (gps && may('viewer')) {
    const near = `near:${gps.latitude.toFixed(4)},${gps.longitude.toFixed(4)},1km`;
    const onclick = () => onsearch(near);
    shown.append(h('button', { type: 'button', class: 'button small', onclick }, 'Nearby'));
  }
  if (edit) shown.append(edit);
  return shown;
}

/**
 * What opens a form to say another thing; null for those who may not.
 * @param {string} label
 * @param {() => HTMLDialogElement} open
 */
function pencil(label, open) {
  if (!may('editor')) return null;
  const onclick = () => comeBack(open(), label);
  const shown = { type: 'button', class: 'pencil', 'aria-label': label, title: label, onclick };
  return h('button', shown, icon('edit', 18));
}

/**
 * @param {keyof typeof import('./icons.js').ICONS} picture
 * @param {string} head
 * @param {string} more
 * @param {Node | null} [deed]
 */
function row(picture, head, more, deed) {
  return h(
    'div',
    { class: 'row' },
    icon(picture, 20),
    h('div', {}, h('b', {}, head), more && h('small', {}, more)),
    deed,
  );
}

/**
 * @param {Facts} facts
 * @param {Told} told
 */
function keywords({ metadata }, { onedit, onsearch }) {
  if (!may('editor') && !metadata.keywords.length) return [];
  const words = metadata.keywords.map((word) =>
    h(
      'li',
      { class: 'chip' },
      h(
        'button',
        { type: 'button', class: 'chip-face', onclick: () => onsearch(`keyword:"${word}"`) },
        word,
      ),
      may('editor') &&
        h(
          'button',
          {
            type: 'button',
            class: 'chip-gone',
            'aria-label': `Remove ${word}`,
            onclick: () => onedit({ remove_keywords: [word] }),
          },
          icon('close', 14),
        ),
    ),
  );
  if (!may('editor')) return [h('h3', {}, 'Tags'), h('ul', { class: 'chips' }, ...words)];
  const input = h('input', {
    class: 'tag-input',
    placeholder: 'Add a tag',
    'aria-label': 'Add a tag',
  });
  input.addEventListener('change', () => {
    const added = input.value.split(',').map((word) => word.trim());
    input.value = '';
    void onedit({ add_keywords: added.filter(Boolean) });
  });
  return [h('h3', {}, 'Tags'), h('ul', { class: 'chips' }, ...words, h('li', {}, input))];
}

/** @param {Reasons | null | undefined} known */
function reasons(known) {
  if (!known) return [];
  const scores = known.why.map(({ term, weight, score }) => {
    const meter = h('i');
    meter.style.width = `${Math.round(Math.max(0, Math.min(1, score)) * 100)}%`;
    return h(
      'div',
      { class: 'reason' },
      h('span', {}, weight < 0 ? `not ${term}` : term),
      h('small', {}, score.toFixed(3)),
      h('div', { class: 'bar' }, meter),
    );
  });
  const told = [
    ...known.passed.map(({ filter, known: value }) => [filter, value]),
    ...known.mentions.map(({ field, snippet }) => [field, snippet]),
  ].map(([name, value]) =>
    h('div', { class: 'reason' }, h('span', {}, name), h('small', {}, value)),
  );
  const likely = known.probability === null ? '' : `${percent(known.probability)} likely`;
  const words = [likely, known.relevant ? '' : 'below the cut-off'].filter(Boolean).join(', ');
  return [
    h('h3', {}, 'Why this result'),
    words && h('p', { class: 'likely-line' }, words),
    ...scores,
    ...told,
  ].filter((one) => one instanceof Node);
}

/** @param {{tool: string, prompt: string | null} | null} made */
function generation(made) {
  if (!made) return [];
  return [h('h3', {}, `Made with ${made.tool}`), h('p', { class: 'prompt' }, made.prompt ?? '')];
}

/**
 * @param {Facts} facts
 * @param {Told} told
 */
function similar({ id }, { onopen }) {
  const head = h('h3', { hidden: true }, 'Similar photos');
  const list = h('div', { class: 'similar' });
  void attempt(async () => {
    const found = await columns(`/photos/${id}/similar`, { limit: SIMILAR });
    const photos = /** @type {Photos} */ (found.columns);
    head.hidden = !photos.id.length;
    fill(
      list,
      ...Array.from(photos.id, (other, at) =>
        h(
          'button',
          {
            type: 'button',
            'aria-label': 'Open a similar photo',
            onclick: () => onopen(photos, at),
          },
          h('img', { src: thumbnail(other, photos.tag[at], 160), alt: '', loading: 'lazy' }),
        ),
      ),
    );
  });
  return [head, list];
}
