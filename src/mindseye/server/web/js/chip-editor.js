/** The panel of one chip: other words, how much they count, whether they push away. */

import { withTerm, withText } from './chips.js';
import { h } from './dom.js';
import { popup } from './popup.js';

/** @typedef {import('./chips.js').Chip} Chip */

const HEAVIEST = 3;

/**
 * @param {HTMLElement} anchor
 * @param {string} query
 * @param {Chip} chip
 * @param {(query: string) => void} onchange
 */
export function editChip(anchor, query, chip, onchange) {
  const isTerm = chip.kind === 'term';
  const words = h('input', {
    name: 'words',
    value: isTerm ? chip.means : chip.text,
    required: true,
  });
  const weight = h('input', {
    type: 'range',
    min: '0.25',
    max: String(HEAVIEST),
    step: '0.25',
    value: String(Math.abs(chip.weight ?? 1)),
  });
  const away = h('input', { type: 'checkbox', checked: (chip.weight ?? 1) < 0 });
  // Not an output: the label would be that one's.
  const told = h('span', {}, `${weight.value} ×`);
  weight.addEventListener('input', () => (told.textContent = `${weight.value} ×`));
  const form = h(
    'form',
    { class: 'form' },
    h('label', { class: 'labelled' }, h('span', {}, isTerm ? 'Words' : 'Filter'), words),
    isTerm && h('label', { class: 'labelled' }, h('span', {}, 'Counts ', told), weight),
    isTerm && h('label', { class: 'tickbox' }, away, 'Not this: push it away'),
    !chip.typed && h('small', {}, `“${chip.text}” was understood as ${chip.means}`),
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Apply')),
  );
  const panel = popup(anchor, 'Edit this part of the search', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    panel.hidePopover();
    const sign = away.checked ? -1 : 1;
    onchange(
      isTerm
        ? withTerm(query, chip, words.value.trim(), sign * Number(weight.value))
        : withText(query, chip, words.value.trim()),
    );
  });
}
