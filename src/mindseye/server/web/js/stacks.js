/** Points that would cover each other on the screen are put together as stacks. */

/**
 * @typedef {object} Stack
 * @property {number[]} points
 * @property {number} x the mean of the points
 * @property {number} y
 */

/**
 * Stacks of the points in sight, by cells of a grid that lies still on the ground; neighbours that
 * would touch are merged into the larger one. The largest come first.
 * @param {Iterable<number>} points
 * @param {(point: number) => [number, number]} at pixels
 * @param {number} size of a stack, in pixels
 * @returns {Stack[]}
 */
export function stacked(points, at, size) {
  /** @type {Map<string, Stack>} */
  const cells = new Map();
  for (const point of points) {
    const [x, y] = at(point);
    const key = `${Math.floor(x / size)},${Math.floor(y / size)}`;
    const stack = cells.get(key) ?? { points: [], x: 0, y: 0 };
    add(stack, [point], x, y);
    cells.set(key, stack);
  }
  let stacks = [...cells.values()];
  // What is merged moves to the mean, where it may come to touch another.
  for (let before = 0; before !== stacks.length; ) {
    before = stacks.length;
    stacks = merged(stacks, size);
  }
  return stacks;
}

/**
 * The stacks, the largest first, each with the smaller ones that it touches.
 * @param {Stack[]} stacks
 * @param {number} size
 */
function merged(stacks, size) {
  /** @type {Stack[]} */
  const kept = [];
  for (const stack of stacks.sort((a, b) => b.points.length - a.points.length)) {
    const near = kept.find(({ x, y }) => Math.hypot(x - stack.x, y - stack.y) < size);
    if (near) add(near, stack.points, stack.x, stack.y);
    else kept.push(stack);
  }
  return kept;
}

/**
 * @param {Stack} stack
 * @param {number[]} points
 * @param {number} x their mean
 * @param {number} y
 */
function add(stack, points, x, y) {
  const [before, more] = [stack.points.length, points.length];
  stack.x = (stack.x * before + x * more) / (before + more);
  stack.y = (stack.y * before + y * more) / (before + more);
  for (const point of points) stack.points.push(point);
}
