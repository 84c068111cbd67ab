/** The settings of the server: those that may be changed here as fields, the others as they are. */

import { send } from './api.js';
import { h } from './dom.js';
import { attempt } from './notice.js';

/**
 * @typedef {object} Setting
 * @property {string} name
 * @property {unknown} value
 * @property {string} source
 * @property {string} help
 * @property {boolean} changeable
 * @property {boolean} at_once
 * @property {unknown} chosen
 */

/** @param {Setting[]} settings */
export function settingsForm(settings) {
  return h('dl', { class: 'facts' }, ...settings.flatMap(entry));
}

/** @param {Setting} setting */
function entry(setting) {
  const { name, value, source, help, changeable } = setting;
  const firm = source === 'flag' || source === 'environment';
  const shown = h('code', {}, value === '' ? '–' : String(value));
  const said = h('small', {}, words(setting));
  const element = changeable && !firm ? field(setting, said) : shown;
  return [h('dt', { title: help }, name), h('dd', {}, element, said)];
}

/**
 * @param {Setting} setting
 * @param {HTMLElement} said
 */
function field(setting, said) {
  const { name, help, chosen, value } = setting;
  const held = chosen ?? value;
  const isSwitch = typeof held === 'boolean';
  const kind = isSwitch ? 'checkbox' : typeof held === 'number' ? 'number' : 'text';
  const onchange = () =>
    attempt(async () => {
      const wanted = isSwitch ? box.checked : kind === 'number' ? box.valueAsNumber : box.value;
      /** @type {Setting[]} */
      const settings = await send('PATCH', '/settings', { [name]: wanted });
      said.textContent = words(settings.find((one) => one.name === name) ?? setting);
    });
  const box = h('input', { type: kind, 'aria-label': name, title: help, step: 'any', onchange });
  if (isSwitch) box.checked = held;
  else box.value = String(held);
  return box;
}

/** @param {Setting} setting */
function words({ value, source, at_once: atOnce, chosen }) {
  return !atOnce && chosen !== null && chosen !== value ? ' after a restart' : ` ${source}`;
}
