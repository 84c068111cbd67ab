/** Which photos are selected, by place in the grid; a range goes from the last one touched. */
export class Selection {
  /** @type {Set<number>} */
  places = new Set();
  #anchor = 0;

  get size() {
    return this.places.size;
  }

  /** @param {number} place */
  has(place) {
    return this.places.has(place);
  }

  /** @param {number} place */
  toggle(place) {
    if (!this.places.delete(place)) this.places.add(place);
    this.#anchor = place;
  }

  /**
   * Everything between the last one touched and this one, both included.
   * @param {number} place
   */
  extend(place) {
    const [low, high] = [Math.min(place, this.#anchor), Math.max(place, this.#anchor)];
    this.addAll(low, high + 1);
    this.#anchor = place;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  addAll(start, end) {
    for (let place = start; place < end; place++) this.places.add(place);
  }

  /**
   * All of a run, or none of it where all of it was selected.
   * @param {number} start
   * @param {number} end
   */
  toggleAll(start, end) {
    if (this.hasAll(start, end)) {
      for (let place = start; place < end; place++) this.places.delete(place);
    } else {
      this.addAll(start, end);
    }
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  hasAll(start, end) {
    for (let place = start; place < end; place++) if (!this.places.has(place)) return false;
    return end > start;
  }

  clear() {
    this.places.clear();
  }

  /** The places in order. */
  sorted() {
    return [...this.places].sort((a, b) => a - b);
  }
}
