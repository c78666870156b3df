// The account inbox: the list of events, how deliveries are answered, and the look-ups in /v1.

import { ask, el, id, keep, refreshTimes, when } from './page.js';

const list = document.getElementById('events');
const warning = document.getElementById('warning');
const rows = new Map();
let rev;

const WARNINGS = {
  fail: 'Deliveries are answered 500: each is tried again with growing pauses, and later events of its case wait behind it.',
  hang: 'Deliveries get no answer: the sender gives up waiting and tries again.',
  gone: 'Deliveries are answered 410: the first one disables this subscriber.',
};

function pretty(value) {
  return el('pre', { tabindex: '0', text: JSON.stringify(value, null, 2) });
}

function verdict(event) {
  return event.verdict === 'verified'
    ? el('span', { class: 'verdict', text: `✓ verified, v1, key ${event.key}` })
    : el('span', { class: 'verdict refused', text: `✕ refused: ${event.why}` });
}

function attempts(event) {
  const told = event.attempts.map(({ at, answered }) =>
    `${new Date(at / 1000).toLocaleTimeString()} → ${answered ?? 'no answer'}`);
  const count = told.length === 1 ? '1 attempt' : `${told.length} attempts`;
  return el('span', { title: told.join('\n'), text: `${count}: ${told.slice(-3).join(', ')}` });
}

async function fetchCase(button, caseId, place) {
  button.disabled = true;
  try {
    const { case: found, applicant } = await ask(`/inbox/api/cases/${encodeURIComponent(caseId)}`);
    place.replaceChildren(...[applicant, found].map(({ asked, status, body }) =>
      el('section', {}, el('h3', { text: `${asked} → ${status || 'nobody answered'}` }), pretty(body))));
  } catch (error) {
    place.replaceChildren(el('p', { class: 'notice', text: error.message }));
  }
  button.disabled = false;
  button.textContent = 'Fetch again from /v1';
}

// The parts that are opened by hand (body, answers) stay; only the facts are drawn again when an attempt is added.
function row(event) {
  const facts = el('p', { class: 'facts' });
  const answers = el('div', { class: 'answers' });
  const line = el('div', { class: 'line' });
  const button = event.case_id && el('button', { type: 'button', text: 'Fetch the applicant from /v1' });
  button?.addEventListener('click', () => fetchCase(button, event.case_id, answers));
  const body = el('details', {}, el('summary', { text: 'Body' }), pretty(event.body));
  const node = el('li', { class: 'event' }, line, facts, el('div', { class: 'under' }, button, body), answers);
  const draw = (now) => {
    node.classList.toggle('good', now.type === 'kyc.account.approved' && now.verdict === 'verified');
    // What is not verified is not acted on.
    if (button) button.hidden = now.verdict !== 'verified';
    line.replaceChildren(el('span', { class: 'type', text: now.type || 'not an event' }), verdict(now),
      when(now.attempts[0].at / 1000));
    facts.replaceChildren(...[
      now.case_id && el('span', {}, 'case ', id(now.case_id)),
      now.seq !== null && el('span', { class: 'number', text: `seq ${now.seq}` }),
      el('span', {}, 'id ', id(now.webhook_id)),
      attempts(now),
    ].filter(Boolean));
  };
  draw(event);
  return { node, draw };
}

document.getElementById('behaviour').addEventListener('change', (change) => {
  ask('/inbox/api/behaviour', { body: { behaviour: change.target.value } });
});

keep(async () => {
  const inbox = await ask(`/inbox/api/events${rev === undefined ? '' : `?rev=${rev}`}`);
  refreshTimes();
  if (!inbox) return;
  rev = inbox.rev;
  document.querySelector(`[name=behaviour][value=${inbox.behaviour}]`).checked = true;
  warning.hidden = !(inbox.behaviour in WARNINGS);
  warning.textContent = WARNINGS[inbox.behaviour] ?? '';
  for (const event of inbox.events.toReversed()) {
    const known = rows.get(event.webhook_id);
    if (known) {
      known.draw(event);
    } else {
      if (!rows.size) list.replaceChildren();
      const made = row(event);
      rows.set(event.webhook_id, made);
      list.prepend(made.node);
    }
  }
}, 700);
