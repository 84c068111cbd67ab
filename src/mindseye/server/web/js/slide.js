/**
 * A window that slides over a length no browser would scroll.
 *
 * Browsers cap a scroll box at 16.7 million CSS pixels, less on dense screens; a million photos are
 * 39 million. So the box is at most `ROOM` high, shows a part of the whole that begins at `base`,
 * and the part moves when its end comes near.
 */

/** The height of the scroll box at most, in CSS pixels. */
export const ROOM = 4_000_000;

/** So near to an end of the box, as a share of it, the part is moved. */
const NEAR = 0.15;

/**
 * Where the part that shows `offset` should begin.
 * @param {number} offset from the top of the whole
 * @param {number} whole
 */
export function baseFor(offset, whole) {
  if (whole <= ROOM) return 0;
  return Math.max(0, Math.min(whole - ROOM, Math.round(offset - ROOM / 2)));
}

/**
 * Whether the part should be moved before scrolling goes on.
 * @param {number} scrolled from the top of the box
 * @param {number} base
 * @param {number} whole
 */
export function mustMove(scrolled, base, whole) {
  if (whole <= ROOM) return base !== 0;
  const nearTop = scrolled < ROOM * NEAR && base > 0;
  const nearEnd = scrolled > ROOM * (1 - NEAR) && base < whole - ROOM;
  return nearTop || nearEnd;
}
