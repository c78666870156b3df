// Bubbles: from one item of the chat to what a person sees.

import { el } from './page.js';

const SVG = 'http://www.w3.org/2000/svg';
const TICKS = {
  pending: ['On its way', 'M8.500 2v3.500h2.500 M8.500 10a4.500 4.500 0 1 1 0-9 4.500 4.500 0 0 1 0 9z'],
  sent: ['Sent', 'M5 6l3 3 6-7'],
  delivered: ['Delivered', 'M1.500 6l3 3 6-7 M7.500 8.300l.7.7 6-7'],
  read: ['Read', 'M1.500 6l3 3 6-7 M7.500 8.300l.7.7 6-7'],
  failed: ['Not delivered', 'M8.500 2v4.500 M8.500 9v.200'],
};

function tick(kind) {
  const [words, drawing] = TICKS[kind];
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  const title = document.createElementNS(SVG, 'title');
  title.textContent = words;
  path.setAttribute('d', drawing);
  svg.setAttribute('viewBox', '0 0 17 11');
  svg.setAttribute('role', 'img');
  svg.setAttribute('class', `tick ${kind}`);
  svg.append(title, path);
  return svg;
}

// WhatsApp's marks: *bold*, _italic_, ~struck~, ```code```; they hold only around whole words on one line.
const MARKS = /```([^`]+)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/gu;
const TAGS = { '*': 'strong', _: 'em', '~': 's' };

export function formatted(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(MARKS)) {
    parts.push(text.slice(end, match.index));
    parts.push(match[1] ? el('code', { text: match[1] }) : el(TAGS[match[2]], {}, formatted(match[3])));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

function words(text) {
  return text && el('p', { class: 'words', dir: 'auto' }, formatted(text));
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function file({ media, media_kind: kind, mime, caption, filename, size: bytes }) {
  const source = `/phone/media/${media}`;
  if (kind === 'image') return [el('img', { class: 'picture', src: source, alt: caption ?? 'Photo' }), words(caption)];
  if (kind === 'audio') return [el('audio', { src: source, controls: true, preload: 'metadata' })];
  return [
    el('a', { class: 'document', href: source, target: '_blank', rel: 'noopener' }, el('span', { text: '▤', 'aria-hidden': 'true' }),
      el('span', {}, filename ?? kind, el('small', { text: `${mime.split(';')[0]} · ${size(bytes)}` }))),
    words(caption),
  ];
}

function said(content) {
  switch (content.kind) {
    case 'text': return [words(content.body)];
    case 'media': return file(content);
    case 'reply': return [words(content.title)];
    case 'reaction': return [el('p', { text: content.emoji || 'reaction taken back' })];
    default: return [el('p', { class: 'gone', text: `You sent ${content.what}` })];
  }
}

function sent(content) {
  switch (content.kind) {
    case 'text': return [words(content.body)];
    case 'buttons': case 'list': return [
      content.picture && el('p', { class: 'flag', text: 'picture' }),
      content.header && el('p', { class: 'title', text: content.header }),
      words(content.body),
      content.footer && el('p', { class: 'footer', text: content.footer }),
    ];
    case 'link': return [words(content.body), content.footer && el('p', { class: 'footer', text: content.footer })];
    case 'picture': return [el('p', { class: 'flag', text: 'picture' }), words(content.caption)];
    case 'template': return [el('p', { class: 'flag', text: `template ${content.name} (${content.language})` })];
    default: return [words(content.body ?? '')];
  }
}

// What can be tapped, under the bubble.
function choices(item, composer) {
  const { content } = item;
  const tap = (reply) => composer.say({ kind: 'tap', on: item.wamid, reply });
  if (content.kind === 'buttons') {
    return el('div', { class: 'choices' }, content.choices.map((choice) =>
      el('button', { type: 'button', 'data-reply': choice.id, text: choice.title, on: { click: () => tap(choice.id) } })));
  }
  if (content.kind === 'list') {
    const open = () => composer.sheet(content.button, content.choices.flatMap((choice, at) => [
      choice.section && choice.section !== content.choices[at - 1]?.section && el('h3', { text: choice.section }),
      el('button', { type: 'button', class: 'row', 'data-reply': choice.id, on: { click: () => { composer.close(); tap(choice.id); } } },
        choice.title, choice.description && el('small', { text: choice.description })),
    ]));
    return el('div', { class: 'choices' }, el('button', { type: 'button', 'data-list': '', text: `☰ ${content.button}`, on: { click: open } }));
  }
  if (content.kind === 'link') {
    return el('div', { class: 'choices' }, el('a', { class: 'button', href: content.url, target: '_blank', rel: 'noopener noreferrer', text: `↗ ${content.title}` }));
  }
  return null;
}

function plain(item) {
  const { content } = item;
  return content.body ?? content.title ?? content.caption ?? content.filename ?? (content.kind === 'media' ? 'Photo' : '');
}

export function bubble(item, items, composer) {
  const mine = item.side === 'mine';
  const answered = item.context && items.find((other) => other.wamid === item.context);
  const time = new Date(item.at / 1000);
  const clock = time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const inside = item.revoked
    ? [el('p', { class: 'gone', text: 'You deleted this message' })]
    : [
      item.forwarded && el('p', { class: 'flag', text: '↪ Forwarded' }),
      answered && el('p', { class: 'quote', text: plain(answered) }),
      ...(mine ? said(item.content) : sent(item.content)),
    ];
  const more = !item.revoked && el('button', { type: 'button', class: 'more', 'aria-label': 'More', text: '⌄', on: { click: () => composer.menu(item, plain(item)) } });
  return el('li', { class: `message ${item.side}` },
    el('div', { class: 'bubble' }, inside,
      el('p', { class: 'meta' }, item.note && `${item.note} ·`, item.edited && 'edited ·',
        el('span', { title: time.toLocaleString(), text: clock }), mine && !item.revoked && tick(item.tick)),
      more),
    !mine && choices(item, composer));
}

export function typing() {
  return el('li', { class: 'message bank typing' }, el('div', { class: 'bubble' }, el('p', { class: 'mute', text: 'typing…' })));
}
