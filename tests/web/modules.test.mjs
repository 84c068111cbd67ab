// The logic of the page that needs no page. `pytest tests/web` runs these; so does `node --test`.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';

const here = new URL('../../src/mindseye/server/web/js/', import.meta.url);
const load = (name) => import(new URL(name, here));

const { NO_DATE, joined, picked, unpacked } = await load('columns.js');
const { GAP, boxes, layout, lastAtMost, neighbour, rowOf } = await load('layout.js');
const { byMonth, marks } = await load('months.js');
const { ROOM, baseFor, mustMove } = await load('slide.js');
const { Selection } = await load('selection.js');
const { shown, withMore, withTerm, without } = await load('chips.js');
const { fromAddress, isEverything, nothing, toAddress } = await load('asked.js');
const { effect, signal } = await load('signal.js');

/** Aspects of n photos, the same each time. */
const aspects = (n) => Uint16Array.from({ length: n }, (_, at) => 500 + ((at * 37) % 1900));
const WIDE = { width: 1200, target: 190 };

function packed(columns, meta) {
  const described = {};
  let start = 0;
  for (const [name, [kind, values]] of Object.entries(columns)) {
    described[name] = [kind, values.length, start];
    start += Math.ceil(values.byteLength / 8) * 8;
  }
  let header = JSON.stringify({ columns: described, meta });
  header += ' '.repeat((8 - ((header.length + 4) % 8)) % 8);
  const buffer = new ArrayBuffer(4 + header.length + start);
  new DataView(buffer).setUint32(0, header.length, true);
  const bytes = new Uint8Array(buffer);
  bytes.set(new TextEncoder().encode(header), 4);
  for (const [name, [, values]] of Object.entries(columns)) {
    bytes.set(new Uint8Array(values.buffer), 4 + header.length + described[name][2]);
  }
  return buffer;
}

test('columns are read as they were packed', () => {
  const id = Uint32Array.of(7, 4_000_000_000);
  const aspect = Uint16Array.of(1500, 667);
  const found = unpacked(packed({ aspect: ['u2', aspect], id: ['u4', id] }, { total: 2 }));
  assert.deepEqual(found.columns.id, id);
  assert.deepEqual(found.columns.aspect, aspect);
  assert.deepEqual(found.meta, { total: 2 });
});

test('a column of an unknown type is refused', () => {
  assert.throws(() => unpacked(packed({ id: ['c8', Uint8Array.of(1)] }, {})), /unknown type c8/);
});

test('pages are joined and photos picked, column by column', () => {
  const page = (...id) => ({ id: Uint32Array.from(id), score: Float32Array.from(id) });
  const both = joined(page(3, 1), { id: Uint32Array.of(2) });
  assert.deepEqual([...both.id], [3, 1, 2]);
  assert.equal(both.score, undefined);
  assert.deepEqual([...picked(page(5, 6, 7), [2, 0]).score], [7, 5]);
});

test('every photo stands in one row, and full rows fill the width', () => {
  const n = 10_000;
  const made = layout(aspects(n), [{ start: 0, end: n, label: '' }], WIDE);
  assert.equal(made.starts.at(-1), n);
  for (let row = 0; row < made.tops.length; row++) {
    const listed = boxes(made, aspects(n), row);
    assert.equal(listed[0].photo, made.starts[row]);
    const { left, width } = listed.at(-1);
    if (row < made.tops.length - 1) assert.ok(Math.abs(left + width - WIDE.width) < 1);
    if (row)
      assert.ok(Math.abs(made.tops[row] - made.tops[row - 1] - made.heights[row - 1] - GAP) < 0.01);
  }
});

test('a panorama alone in a row keeps its shape and is no higher than it may be', () => {
  const made = layout(Uint16Array.of(8000, 100), [{ start: 0, end: 2, label: '' }], WIDE);
  assert.equal(made.heights[0], 1200 / 8);
  const tall = layout(Uint16Array.of(6316), [{ start: 0, end: 1, label: '' }], WIDE);
  assert.ok(tall.heights[0] <= WIDE.target * 1.35);
});

test('groups start new rows, below their headings', () => {
  const groups = [
    { start: 0, end: 2, label: 'May' },
    { start: 2, end: 3, label: '' },
  ];
  const made = layout(Uint16Array.of(1000, 1000, 1000), groups, WIDE);
  assert.deepEqual([...made.starts], [0, 2, 3]);
  assert.equal(made.heads.length, 1);
  assert.equal(made.tops[0], 44);
});

test('the row of a photo is the one it stands in', () => {
  const made = layout(aspects(500), [{ start: 0, end: 500, label: '' }], WIDE);
  for (let photo = 0; photo < 500; photo++) {
    const row = rowOf(made, photo);
    assert.ok(made.starts[row] <= photo && photo < made.starts[row + 1]);
  }
});

test('arrows go to neighbours and stay inside', () => {
  const n = 40;
  const made = layout(aspects(n), [{ start: 0, end: n, label: '' }], WIDE);
  assert.equal(neighbour(made, aspects(n), 0, 'left'), 0);
  assert.equal(neighbour(made, aspects(n), 0, 'up'), 0);
  assert.equal(neighbour(made, aspects(n), n - 1, 'right'), n - 1);
  const below = neighbour(made, aspects(n), 2, 'down');
  assert.equal(rowOf(made, below), rowOf(made, 2) + 1);
  assert.equal(neighbour(made, aspects(n), below, 'up'), 2);
});

test('the last value that is not above another is found', () => {
  assert.deepEqual(
    [-1, 0, 5, 9, 99].map((value) => lastAtMost([0, 5, 9], value)),
    [0, 0, 1, 2, 2],
  );
});

const minute = (text) => Date.parse(`${text}Z`) / 60_000;

test('months are found as one by one', () => {
  const minutes = [];
  for (let at = 0; at < 3000; at++) minutes.push(minute('2025-12-31T23:59') - at * at);
  minutes.push(NO_DATE, NO_DATE);
  const groups = byMonth(Int32Array.from(minutes), 'en');
  const month = (value) =>
    value === NO_DATE ? 'none' : new Date(value * 60_000).toISOString().slice(0, 7);
  for (const { start, end } of groups) {
    for (let at = start; at < end; at++) assert.equal(month(minutes[at]), month(minutes[start]));
    if (end < minutes.length) assert.notEqual(month(minutes[end]), month(minutes[start]));
  }
  assert.equal(groups[0].label, 'December 2025');
  assert.deepEqual([groups.at(-1).label, groups.at(-1).end], ['No date', 3002]);
});

test('marks show each year once, in order, without running into each other', () => {
  const minutes = Int32Array.from(
    { length: 900 },
    (_, at) => minute('2025-06-01T00:00') - at * 5000,
  );
  const groups = byMonth(minutes, 'en');
  const made = layout(aspects(900), groups, WIDE);
  const labels = marks(made, 700).filter(({ label }) => label);
  assert.equal(labels[0].label, '2025');
  assert.equal(new Set(labels.map(({ label }) => label)).size, labels.length);
  labels.forEach((mark, at) => assert.ok(!at || (mark.at - labels[at - 1].at) * 700 >= 26 - 1e-6));
});

test('a million photos can be scrolled from the first to the last', () => {
  const whole = 39_000_000;
  assert.equal(baseFor(0, whole), 0);
  assert.equal(baseFor(whole, whole), whole - ROOM);
  for (let offset = 0; offset < whole; offset += 1_000_003) {
    const base = baseFor(offset, whole);
    assert.ok(base <= offset && offset <= base + ROOM);
    assert.ok(!mustMove(offset - base, base, whole));
  }
  assert.ok(mustMove(ROOM * 0.95, 0, whole));
  assert.ok(!mustMove(0, 0, ROOM / 2));
});

test('a range is selected from the last photo that was touched', () => {
  const selection = new Selection();
  selection.toggle(5);
  selection.extend(3);
  assert.deepEqual(selection.sorted(), [3, 4, 5]);
  selection.toggle(4);
  assert.deepEqual(selection.sorted(), [3, 5]);
  selection.toggleAll(0, 3);
  assert.ok(selection.hasAll(0, 3));
  selection.toggleAll(0, 3);
  assert.deepEqual(selection.sorted(), [3, 5]);
});

/** Chips as the server gives them, by the pieces of a query. */
function chipsOf(query, pieces) {
  return pieces.map(([text, kind = 'term', weight = 1]) => {
    const start = query.indexOf(text);
    const means = kind === 'term' ? text.replace(/^[\d.]+:/, '').replaceAll('"', '') : text;
    return { kind, text, start, end: start + text.length, means, weight };
  });
}

for (const [query, pieces, gone, left] of [
  ['beach', [['beach']], 0, ''],
  ['beach - people', [['beach'], ['people', 'term', -1]], 1, 'beach'],
  ['beach + sea date:2023', [['beach'], ['sea'], ['date:2023', 'filter']], 0, 'sea date:2023'],
  ['beach + sea date:2023', [['beach'], ['sea'], ['date:2023', 'filter']], 1, 'beach date:2023'],
  ['beach date:2023', [['beach'], ['date:2023', 'filter']], 1, 'beach'],
  ['dog date:2023 beach', [['dog date:2023 beach'], ['date:2023', 'filter']], 0, 'date:2023'],
]) {
  test(`without ${pieces[gone][0]}, "${query}" is "${left}"`, () => {
    const chips = chipsOf(query, pieces);
    assert.equal(without(query, chips, chips[gone]), left);
  });
}

for (const [query, more, whole] of [
  ['', 'beach', 'beach'],
  ['beach', '', 'beach'],
  ['beach', 'sunset', 'beach + sunset'],
  ['beach', '- people', 'beach - people'],
  ['beach', '-people', 'beach - people'],
  ['beach', 'date:2023', 'beach date:2023'],
  ['beach', '-camera:canon', 'beach -camera:canon'],
]) {
  test(`"${query}" with more typed: "${more}"`, () => assert.equal(withMore(query, more), whole));
}

for (const [query, piece, words, weight, whole] of [
  ['beach', ['beach'], 'sea', 1, 'sea'],
  ['beach', ['beach'], 'blue sea', 2, '2:"blue sea"'],
  ['beach + dog', ['dog'], 'dog', -1, 'beach - dog'],
  ['beach - dog', ['dog', 'term', -1], 'cat', 1, 'beach + cat'],
  ['beach - 2:dog', ['2:dog', 'term', -2], 'dog', -1.5, 'beach - 1.5:dog'],
]) {
  test(`"${query}" with ${words} at ${weight}`, () => {
    const [chip] = chipsOf(query, [piece]);
    assert.equal(withTerm(query, chip, words, weight), whole);
  });
}

test('a chip says its sign and its weight', () => {
  const [chip] = chipsOf('2:dog', [['2:dog', 'term', -2]]);
  assert.equal(shown(chip), 'not 2 × dog');
});

test('what is asked comes back from its address', () => {
  const asked = { ...nothing(), q: 'a & b', sort: 'newest', like: [3, 9], album: 'sea' };
  assert.deepEqual(fromAddress(new URL(toAddress(asked), 'http://x').search), asked);
  assert.equal(toAddress(nothing()), '/');
  assert.ok(isEverything({ ...nothing(), sort: 'newest' }));
  assert.deepEqual(fromAddress('?like=x&like=-4&like=7&sort=wrong'), { ...nothing(), like: [7] });
});

test('an effect runs once after several changes, and not at all after its end', async () => {
  const [one, other] = [signal(1), signal(2)];
  const seen = [];
  const stop = effect(() => seen.push(one.value + other.value));
  one.value = 10;
  other.value = 20;
  await null;
  assert.deepEqual(seen, [3, 30]);
  stop();
  one.value = 0;
  await null;
  assert.deepEqual(seen, [3, 30]);
});

const { Points, isInside } = await load('points.js');
const { Camera } = await load('camera.js');
const { stacked } = await load('stacks.js');
const { across, down } = await load('mercator.js');
const { ofKind, ofShare, oklch } = await load('colours.js');
const { known } = await load('columns.js');

/** Numbers from 0 to 1, the same each time. */
function* random(seed = 7) {
  for (let now = seed; ; ) {
    now = (Math.imul(now, 1664525) + 1013904223) >>> 0;
    yield now / 2 ** 32;
  }
}

function cloud(count) {
  const numbers = random();
  const next = () => Float32Array.from({ length: count }, () => numbers.next().value);
  return [next(), next()];
}

test('the nearest point is the one that looking at all of them finds', () => {
  const [x, y] = cloud(5000);
  const points = new Points(x, y);
  const numbers = random(3);
  for (let round = 0; round < 200; round++) {
    const [left, top] = [numbers.next().value, numbers.next().value];
    let [best, least] = [-1, 0.03 ** 2];
    for (let at = 0; at < 5000; at++) {
      const away = (x[at] - left) ** 2 + (y[at] - top) ** 2;
      if (away <= least) [best, least] = [at, away];
    }
    assert.equal(points.nearest(left, top, 0.03), best);
  }
});

test('a lasso catches what is inside, and nothing else', () => {
  const [x, y] = cloud(5000);
  const star = [
    [0.1, 0.1],
    [0.9, 0.2],
    [0.5, 0.5],
    [0.8, 0.9],
    [0.2, 0.7],
  ];
  const wanted = [...x.keys()].filter((at) => isInside(star, x[at], y[at]));
  assert.deepEqual(
    new Points(x, y).inside(star).sort((a, b) => a - b),
    wanted,
  );
  assert.ok(isInside(star, 0.3, 0.4) && !isInside(star, 0.85, 0.5));
});

test('points of one place, and no points, are no trouble', () => {
  const same = new Points(Float32Array.of(2, 2), Float32Array.of(3, 3));
  assert.equal([...same.within({ left: 2, top: 3, right: 2, bottom: 3 })].length, 2);
  const none = new Points(new Float32Array(0), new Float32Array(0));
  assert.equal(none.nearest(0, 0, 1), -1);
});

test('zooming keeps the point under the mouse, within its limits', () => {
  const camera = new Camera();
  camera.fit({ left: -1, top: -1, right: 1, bottom: 1 }, { width: 800, height: 600 }, 50);
  camera.whole = camera.scale;
  assert.deepEqual(camera.toScreen(0, 0), [400, 300]);
  const before = camera.toWorld(123, 45);
  camera.zoom(3, 123, 45);
  camera.toWorld(123, 45).forEach((value, at) => assert.ok(Math.abs(value - before[at]) < 1e-9));
  camera.zoom(1e9, 0, 0);
  assert.ok(Math.abs(camera.closeness - 400) < 1e-6);
});

test('stacks hold every point once and do not touch', () => {
  const [x, y] = cloud(400);
  const stacks = stacked([...x.keys()], (at) => [x[at] * 900, y[at] * 900], 60);
  assert.deepEqual(
    stacks.flatMap(({ points }) => points).sort((a, b) => a - b),
    [...x.keys()],
  );
  assert.ok(stacks.length > 10);
  for (const one of stacks) {
    const near = stacks.filter((two) => Math.hypot(one.x - two.x, one.y - two.y) < 60);
    assert.deepEqual(near, [one]);
  }
  for (const { points, x: left, y: top } of stacks) {
    const mean = points.reduce((sum, at) => sum + x[at] * 900, 0) / points.length;
    assert.ok(Math.abs(mean - left) < 0.01 && top >= 0);
  }
});

test('Greenwich on the equator is the middle of the world', () => {
  assert.equal(across(0), 0.5);
  assert.equal(down(0), 0.5);
  assert.ok(Math.abs(down(85.0511)) < 1e-5 && Math.abs(down(-90) - 1) < 1e-5);
});

test('colours are those of OKLCH', () => {
  assert.deepEqual(oklch(1, 0, 0), [255, 255, 255]);
  assert.deepEqual(oklch(0.6279, 0.2577, 29.23), [255, 0, 0]);
  const kinds = Array.from({ length: 12 }, (_, kind) => ofKind(kind, true).join());
  assert.equal(new Set(kinds).size, 12);
  assert.notDeepEqual(ofShare(0, false), ofShare(1, false));
});

test('photos are found by id among all, and those that are not there are left out', () => {
  const all = { id: Uint32Array.of(9, 4, 6), tag: Uint32Array.of(90, 40, 60) };
  const { photos, places } = known(all, Uint32Array.of(6, 5, 9));
  assert.deepEqual([...photos.tag], [60, 90]);
  assert.deepEqual(places, [0, 2]);
});

test('a flight begins where the map is, ends where it shall, and moves evenly between', () => {
  const screen = { width: 800, height: 600 };
  const [from, to, now] = [new Camera(), new Camera(), new Camera()];
  from.fit({ left: -1, top: -1, right: 1, bottom: 1 }, screen, 50);
  to.fit({ left: 0.2, top: 0.3, right: 0.4, bottom: 0.4 }, screen, 50);
  for (const [share, end] of [
    [0, from],
    [1, to],
  ]) {
    now.between(from, to, share, screen);
    for (const name of ['scale', 'x', 'y']) assert.ok(Math.abs(now[name] - end[name]) < 1e-6);
  }
  now.between(from, to, 0.5, screen);
  assert.ok(Math.abs(now.scale - Math.sqrt(from.scale * to.scale)) < 1e-6);
});

const { HELD, Slideshow } = await load('slideshow.js');

test('a photo of a slideshow stands as long as it should from when it came in sight', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let turned = 0;
  const slides = new Slideshow(() => (turned += 1), 4);
  slides.shown();
  mock.timers.tick(60_000);
  assert.equal(turned, 0);
  slides.play();
  mock.timers.tick(3999);
  slides.wait();
  mock.timers.tick(60_000);
  assert.equal(turned, 0);
  slides.shown();
  mock.timers.tick(4000);
  assert.equal(turned, 1);
  slides.shown();
  slides.stop();
  mock.timers.tick(60_000);
  assert.equal(turned, 1);
  mock.timers.reset();
});

test('while the key is held photos follow quickly, and no more when it is let go', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let turned = 0;
  const slides = new Slideshow(() => {
    turned += 1;
    slides.shown();
  }, 3);
  assert.equal(slides.seconds, 4);
  slides.hold();
  mock.timers.tick(HELD / 2);
  slides.hold();
  mock.timers.tick(HELD / 2);
  assert.equal(turned, 1);
  mock.timers.tick(HELD);
  mock.timers.tick(HELD);
  assert.equal(turned, 3);
  slides.release();
  mock.timers.tick(60_000);
  assert.equal(turned, 3);
  mock.timers.reset();
});

const { beforeCounting, reported, title } = await load('job-words.js');

test('a job says what it does and did, also one of a kind to come', () => {
  assert.equal(title({ kind: 'read-text' }), 'Reading the text in pictures');
  assert.equal(title({ kind: 'tidy-up' }), 'Tidy up');
  assert.equal(beforeCounting({ kind: 'tidy-up' }), 'At work');
  const said = { added: 3, skipped: [{}, {}], skipped_count: 2041, seconds: 9, cancelled: false };
  assert.equal(reported(said), `3 added · ${(2041).toLocaleString()} skipped`);
  assert.equal(reported({ added: 0, notices: ['careful'] }), 'Nothing had to be done');
  assert.equal(reported({ encoder: 'builtin', folder: null }), '');
});

const { waysToRelax } = await load('relax.js');

for (const [query, pieces, album, wanted] of [
  ['beach', [['beach']], '', []],
  ['beach date:1950', [['beach'], ['date:1950', 'filter']], '', ['beach']],
  ['date:1950 camera:x', [['date:1950', 'filter'], ['camera:x', 'filter']], '', ['camera:x', 'date:1950', '']],
  [
    'beach - people date:1950',
    [['beach'], ['people', 'term', -1], ['date:1950', 'filter']],
    'Holidays',
    ['beach - people', 'beach - people date:1950', 'beach - people'],
  ],
  ['dog date:1950 beach', [['dog date:1950 beach'], ['date:1950', 'filter']], 'A', ['dog beach', 'dog date:1950 beach', 'dog beach']],
]) {
  test(`less is asked for than "${query}" in as many ways as it has filters`, () => {
    const ways = waysToRelax({ ...nothing(), q: query, album }, chipsOf(query, pieces));
    assert.deepEqual(
      ways.map(({ asked }) => asked.q),
      wanted,
    );
    if (album) assert.deepEqual(ways.map(({ asked }) => asked.album), [album, '', '']);
  });
}
