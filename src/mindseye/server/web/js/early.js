// Runs before the first paint, so that nobody sees the wrong theme for a moment.
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? '';
