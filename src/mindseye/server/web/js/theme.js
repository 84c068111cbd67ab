/** Light or dark: what the user chose, or else what the system says. */

import { signal } from './signal.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** @type {import('./signal.js').Signal<'' | 'light' | 'dark'>} */
export const chosen = signal(read());

/** Whether the page is dark now; tells when it changes. */
export const isDark = signal(darkNow());

dark.addEventListener('change', () => (isDark.value = darkNow()));

/** @param {'' | 'light' | 'dark'} theme "" is what the system says */
export function choose(theme) {
  chosen.value = theme;
  localStorage.setItem('theme', theme);
  document.documentElement.dataset.theme = theme;
  isDark.value = darkNow();
}

export function toggle() {
  choose(isDark.value ? 'light' : 'dark');
}

/** @returns {'' | 'light' | 'dark'} */
function read() {
  const kept = localStorage.getItem('theme');
  return kept === 'light' || kept === 'dark' ? kept : '';
}

function darkNow() {
  return read() ? read() === 'dark' : dark.matches;
}
