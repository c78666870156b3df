// The drawer: who I am, and what WhatsApp shows of me.

import { ask, el } from './page.js';

const SHOWN = { both: 'number and user id', phone: 'number only', user_id: 'user id only' };

export function people(state, become) {
  const list = document.getElementById('people');
  const shown = document.getElementById('shown');
  const reads = document.getElementById('reads');
  let banks = [];
  let everybody = [];

  function draw() {
    list.replaceChildren(...banks.map((bank) => el('div', {},
      el('h3', { text: `${bank.name} · ${bank.country}` }),
      everybody.filter((person) => person.country === bank.country).map((person) =>
        el('button', { type: 'button', class: 'person', 'aria-pressed': String(person.id === state.person?.id), 'data-person': person.id, on: { click: () => choose(person) } },
          el('span', { class: 'face', 'aria-hidden': 'true', text: person.name.replace(/^Applicant /, '').slice(0, 2) }),
          el('b', { text: person.name }),
          el('small', { text: person.shown === 'user_id' ? person.user_id : `+${person.phone}`, title: SHOWN[person.shown] }))),
      el('button', { type: 'button', class: 'quiet new', 'data-new': bank.country, text: '+ New applicant', on: { click: () => create(bank) } }))));
  }

  function choose(person) {
    become(person, banks.find((bank) => bank.country === person.country));
    show(person);
  }

  async function create(bank) {
    const person = await ask('/phone/api/people', { body: { country: bank.country, shown: 'both' } });
    everybody.push(person);
    choose(person);
  }

  // Keeps the drawer in step with what the server knows of the person.
  function show(person) {
    const at = everybody.findIndex((known) => known.id === person.id);
    if (at >= 0) everybody[at] = person;
    shown.value = person.shown;
    reads.checked = person.reads;
    draw();
  }

  const change = (what) => ask(`/phone/api/people/${state.person.id}`, { body: what });
  shown.addEventListener('change', () => change({ shown: shown.value }));
  reads.addEventListener('change', () => change({ reads: reads.checked }));

  return {
    show,
    async load(wanted) {
      ({ banks, people: everybody } = await ask('/phone/api/people'));
      const person = everybody.find((known) => known.id === wanted) ?? everybody[0];
      if (person) choose(person);
    },
  };
}
