// The live line of the front page.

import { ask, el, keep, refreshTimes, when } from './page.js';

const last = document.getElementById('last');
let shown = '';

function line(item) {
  if (typeof item === 'string') return el('li', { text: item });
  const at = typeof item.at === 'string' ? Date.parse(item.at) : undefined;
  return el('li', {},
    el('code', { text: item.case }),
    item.country && el('span', { text: item.country }),
    item.what && el('span', { class: 'mute', text: item.what }),
    item.stage && el('span', { class: 'stage', text: item.stage }),
    item.note && el('span', { class: 'mute', text: `(${item.note})` }),
    at && when(at));
}

keep(async () => {
  const progress = await ask('/dev/progress');
  for (const count of document.querySelectorAll('[data-count]')) {
    count.textContent = progress[count.dataset.count] ?? '–';
  }
  const lines = JSON.stringify(progress.last ?? []);
  if (lines !== shown && progress.last?.length) {
    shown = lines;
    last.replaceChildren(...progress.last.map(line));
  }
  refreshTimes();
}, 1000);
