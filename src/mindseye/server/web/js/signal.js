/**
 * Values that tell those who read them when they change: `signal`, `effect`, and nothing else.
 * Effects run together, after the code that changed the values.
 */

/**
 * @template T
 * @typedef {{value: T}} Signal
 */

/** @typedef {{run: () => void, heard: Set<Set<Effect>>}} Effect */

/** @type {Effect | null} */
let reading = null;
/** @type {Set<Effect>} */
const waiting = new Set();

/**
 * @template T
 * @param {T} first
 * @returns {Signal<T>}
 */
export function signal(first) {
  let now = first;
  /** @type {Set<Effect>} */
  const readers = new Set();
  return {
    get value() {
      if (reading) {
        readers.add(reading);
        reading.heard.add(readers);
      }
      return now;
    },
    set value(next) {
      if (Object.is(next, now)) return;
      now = next;
      if (!waiting.size) queueMicrotask(runWaiting);
      for (const reader of readers) waiting.add(reader);
    },
  };
}

/**
 * Runs `work` now and whenever a signal that it read has changed; the answer ends that.
 * @param {() => void} work
 * @returns {() => void}
 */
export function effect(work) {
  /** @type {Effect} */
  const own = {
    heard: new Set(),
    run() {
      forget(own);
      const before = reading;
      reading = own;
      try {
        work();
      } finally {
        reading = before;
      }
    },
  };
  own.run();
  return () => forget(own);
}

/** @param {Effect} gone */
function forget(gone) {
  for (const readers of gone.heard) readers.delete(gone);
  gone.heard.clear();
  waiting.delete(gone);
}

function runWaiting() {
  const now = [...waiting];
  waiting.clear();
  for (const one of now) one.run();
}
