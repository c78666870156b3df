// The phone page: who I am, what the chat holds, and keeping both on the screen.

import { ask, el, keep } from './page.js';
import { bubble, typing } from './phone-bubble.js';
import { compose } from './phone-compose.js';
import { people } from './phone-people.js';

const chat = document.getElementById('chat');
const presence = document.getElementById('presence');
const drawn = new Map();
const state = { person: null, bank: null, rev: undefined, items: [] };

// Whether the reader is at the end of the chat. Only their own scrolling back leaves it: a picture that loads late or a
// screen that turns must not.
let atEnd = true;
let top = 0;

const GREETING = { en: 'Hello, I want to open an account', hi: 'नमस्ते, मुझे खाता खोलना है', pt_BR: 'Olá, quero abrir uma conta' };

const composer = compose(state, refresh);
const drawer = people(state, become);

// Becomes another person: their bank, their chat, their name in the address bar, so that a reload stays.
function become(person, bank) {
  Object.assign(state, { person, bank, rev: undefined, items: [] });
  drawn.clear();
  chat.replaceChildren();
  atEnd = true;
  top = 0;
  location.replace(`#${person.id}`);
  document.getElementById('bank').textContent = bank.name;
  document.getElementById('initial').textContent = bank.name.slice(0, 1);
  document.getElementById('me').textContent = person.name;
  document.title = `${person.name} · Phone · Portico dev`;
  document.body.classList.remove('drawn');
  composer.calm();
  refresh();
}

// Asks for the chat; 204 means that nothing changed.
async function refresh() {
  const { person } = state;
  if (!person) return;
  const news = await ask(`/phone/api/people/${person.id}/chat${state.rev === undefined ? '' : `?rev=${state.rev}`}`);
  if (!news || state.person !== person) return;
  Object.assign(state, { rev: news.rev, items: news.items });
  drawer.show(news.person);
  draw(news);
}

// Draws only what changed, so that pictures do not blink and an open menu keeps its place.
function draw(news) {
  if (news.items.length) chat.querySelector('.welcome')?.remove();
  for (const item of news.items) {
    const form = JSON.stringify(item);
    const known = drawn.get(item.wamid);
    if (known?.form === form) continue;
    const node = bubble(item, news.items, composer);
    if (known) known.node.replaceWith(node);
    else chat.append(node);
    drawn.set(item.wamid, { form, node });
  }
  chat.querySelector('.typing')?.remove();
  if (news.typing) chat.append(typing());
  presence.textContent = news.typing ? 'typing…' : 'business account';
  if (!news.items.length && !chat.children.length) chat.append(welcome());
  stay();
}

function stay() {
  if (atEnd) chat.scrollTop = chat.scrollHeight;
}

function welcome() {
  const greeting = GREETING[state.bank.language] ?? GREETING.en;
  return el('li', { class: 'welcome' },
    el('p', {}, 'You are ', el('b', { text: state.person.name }), ', about to write to ', el('b', { text: state.bank.name }), '.'),
    el('button', { type: 'button', class: 'main', text: greeting, on: { click: () => composer.say({ kind: 'text', body: greeting }) } }),
    el('p', { class: 'small', text: 'Then agree, choose Passport, and send two specimens: “Passport” and “Selfie match”.' }));
}

for (const button of document.querySelectorAll('[data-drawer]')) {
  button.addEventListener('click', () => document.body.classList.toggle('drawn'));
}
document.addEventListener('click', (click) => {
  if (document.body.classList.contains('drawn') && !click.target.closest('#drawer, [data-drawer]')) document.body.classList.remove('drawn');
});
chat.addEventListener('scroll', () => {
  const left = chat.scrollHeight - chat.scrollTop - chat.clientHeight;
  if (left < 80) atEnd = true;
  else if (chat.scrollTop < top) atEnd = false;
  top = chat.scrollTop;
});
chat.addEventListener('load', stay, true);
addEventListener('resize', stay);

await drawer.load(location.hash.slice(1));
keep(refresh, 700);
