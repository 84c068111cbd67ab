/** What keys do in the grid. */

/** @typedef {import('./grid.js').Grid} Grid */

/** @type {Record<string, 'left' | 'right' | 'up' | 'down'>} */
const ARROWS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/**
 * What a key does, or nothing.
 * @param {Grid} grid
 * @param {KeyboardEvent} event
 * @returns {(() => void) | undefined}
 */
export function keyAction(grid, event) {
  if (event.altKey || !grid.photos.id.length) return undefined;
  return event.ctrlKey || event.metaKey ? chorded(grid, event) : plain(grid, event);
}

/**
 * @param {Grid} grid
 * @param {KeyboardEvent} event
 */
function chorded(grid, { key }) {
  /** @type {Record<string, () => void>} */
  const acts = {
    a: () => grid.selectAll(),
    '+': () => grid.zoom(1),
    '=': () => grid.zoom(1),
    '-': () => grid.zoom(-1),
  };
  return acts[key];
}

/**
 * @param {Grid} grid
 * @param {KeyboardEvent} event
 */
function plain(grid, { key, shiftKey }) {
  const way = ARROWS[key];
  if (way) return () => grid.step(way, 1, shiftKey);
  /** @type {Record<string, () => void>} */
  const acts = {
    PageDown: () => grid.step('down', grid.rowsSeen, shiftKey),
    PageUp: () => grid.step('up', grid.rowsSeen, shiftKey),
    Home: () => grid.go(0, shiftKey),
    End: () => grid.go(grid.photos.id.length - 1, shiftKey),
    Enter: () => grid.told.onopen(grid.current),
    ' ': () => grid.toggle(grid.current),
    x: () => grid.toggle(grid.current),
    X: () => grid.extendTo(grid.current),
  };
  if (grid.selection.size) acts.Escape = () => grid.clearSelection();
  return acts[key] ?? grid.told.onkey(key);
}
