/** What was said of photos, written into XMP files beside them: only when somebody asks for it. */

import { send } from './api.js';
import { ask } from './dialog.js';
import { h } from './dom.js';
import { attempt, tell } from './notice.js';
import { counted } from './words.js';

/** As many photos as the API takes at once. */
const BATCH = 10_000;

/** @param {number} id of a photo */
export async function writeXmp(id) {
  const done = await attempt(() => send('POST', `/photos/${id}/xmp`));
  if (!done) return;
  if (done.outcome === 'written') {
    tell(`Written to ${done.file}`, {
      hint: 'Other programs read it there; the photo is untouched.',
    });
  } else if (done.outcome === 'unchanged') {
    tell('The XMP file says all of it already');
  } else {
    tell('There is nothing to write', { hint: 'XMP has no word for a favourite.' });
  }
}

/**
 * @param {number[]} ids of photos
 * @param {() => void} ondone
 */
export function writeManyXmp(ids, ondone) {
  ask({
    title: 'Write to XMP files',
    content: [
      h(
        'p',
        {},
        `What was said of ${counted(ids.length, 'photo')} (dates, places, stars, titles, captions and tags) is written into XMP files beside them, where other programs read it.`,
      ),
      h('p', { class: 'faint' }, 'Photos stay as they are, and so does all else in such a file.'),
    ],
    deed: 'Write',
    onsubmit: async () => {
      for (let at = 0; at < ids.length; at += BATCH) {
        await send('POST', '/xmp', { photos: ids.slice(at, at + BATCH) });
      }
      tell('XMP files are being written', { hint: 'The page of jobs tells what became of it.' });
      ondone();
    },
  });
}
