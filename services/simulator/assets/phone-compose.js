// Saying things: text, taps, specimens, files from one's own disk, and what can be done with a message said before.

import { ask, el } from './page.js';

const LONGEST_SIDE = 1600;
const MISCHIEF = { twice: 'sent twice', held: 'held back until the next', late: '20 s late', forged: 'forged signature', expired: 'file expired' };

// A photo as a chat sends it: the phone shrinks it and drops all metadata. What is no picture goes as it is.
async function recompressed(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = el('canvas', { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => { canvas.toBlob((blob) => done(blob ?? file), 'image/jpeg', 0.85); });
  } catch { return file; }
}

export function compose(state, refresh) {
  const form = document.getElementById('composer');
  const text = document.getElementById('words');
  const doing = document.getElementById('doing');
  const trouble = document.getElementById('trouble');
  const dialog = document.getElementById('sheet');
  const toggles = document.getElementById('mischief');
  let mode = null;

  const mischief = () => [...toggles.querySelectorAll(':checked')].map((box) => box.value);

  // One line over the text field: what the next message will be, or what will happen to it.
  function showMode() {
    const on = mischief();
    doing.hidden = !mode && !on.length;
    doing.classList.toggle('mischief', !mode);
    doing.firstElementChild.textContent = mode?.words ?? `Mischief: ${on.map((name) => MISCHIEF[name]).join(', ')}`;
  }

  function calm() {
    mode = null;
    trouble.hidden = true;
    showMode();
  }

  async function send(path, options) {
    trouble.hidden = true;
    try {
      await ask(`/phone/api/people/${state.person.id}/${path}`, options);
    } catch (error) {
      trouble.textContent = `Not sent: ${error.message}.`;
      trouble.hidden = false;
    }
    await refresh();
  }

  const say = (act) => send('say', { body: { act, mischief: mischief() } });

  function attach(blob, kind, name, caption) {
    const mime = kind === 'image' ? 'image/jpeg' : (blob.type || 'application/octet-stream');
    const query = new URLSearchParams({ kind, mime, name, caption, mischief: JSON.stringify(mischief()) });
    return send(`attach?${query}`, { raw: blob, type: 'application/octet-stream' });
  }

  function sheet(title, rows) {
    dialog.replaceChildren(el('div', { class: 'in' }, el('h2', { text: title }), rows));
    dialog.showModal();
  }

  const close = () => dialog.close();
  const row = (label, small, act) => el('button', { type: 'button', class: 'row', on: { click: () => { close(); act(); } } },
    label, small && el('small', { text: small }));

  // A picture before it goes: look at it, say something with it, send it one way or the other.
  function preview(source, title, ways) {
    const caption = el('input', { type: 'text', placeholder: 'Caption', 'aria-label': 'Caption', maxlength: '1024' });
    sheet(title, [
      el('img', { src: source, alt: title }), caption,
      el('div', { class: 'ends' }, ways.map(([label, act, main]) =>
        el('button', { type: 'button', class: main ? 'main' : '', text: label, on: { click: () => { close(); act(caption.value.trim()); } } }))),
    ]);
  }

  function chooseSpecimen(button) {
    const { specimen: name } = button.dataset;
    const act = (asFile) => (caption) => say({ kind: 'specimen', name, as_file: asFile, caption: caption || null });
    preview(`/phone/specimens/${name}`, button.textContent.trim(), [['Send as file', act(true)], ['Send as photo', act(false), true]]);
  }

  function chosen(input, kind) {
    const [picked] = input.files;
    input.value = '';
    if (!picked) return;
    if (kind === 'document') { attach(picked, 'document', picked.name, ''); return; }
    const source = URL.createObjectURL(picked);
    preview(source, picked.name, [
      ['Send as file', (caption) => attach(picked, 'document', picked.name, caption)],
      ['Send as photo', async (caption) => attach(await recompressed(picked), 'image', picked.name, caption), true],
    ]);
    dialog.addEventListener('close', () => URL.revokeObjectURL(source), { once: true });
  }

  // What can be done with a message.
  function menu(item, words) {
    const { wamid: original } = item;
    const take = (next) => () => { mode = next; if (next.body) text.value = next.body; showMode(); text.focus(); };
    const rows = item.side === 'bank'
      ? [row('Reply', 'answers this message', take({ kind: 'text', context: original, words: `Reply to: ${words}` }))]
      : [
        item.content.kind === 'text' && row('Edit', 'the bank gets an edit', take({ kind: 'edit', original, body: words, words: `Editing: ${words}` })),
        ['text', 'media'].includes(item.content.kind) && row('Forward', 'sends it again, marked as forwarded', () => say({ kind: 'forward', original })),
        row('Delete', 'the bank is told it was deleted', () => say({ kind: 'delete', original })),
      ];
    sheet('Message', rows);
  }

  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    const body = text.value.trim();
    if (!body) return;
    const act = mode?.kind === 'edit' ? { kind: 'edit', original: mode.original, body } : { kind: 'text', body, context: mode?.context ?? null };
    text.value = '';
    calm();
    say(act);
  });
  text.addEventListener('keydown', (key) => {
    if (key.key === 'Enter' && !key.shiftKey && !key.isComposing) { key.preventDefault(); form.requestSubmit(); }
  });
  doing.lastElementChild.addEventListener('click', () => {
    if (!mode) for (const box of toggles.querySelectorAll(':checked')) box.checked = false;
    else text.value = '';
    calm();
  });
  toggles.addEventListener('change', showMode);
  dialog.addEventListener('click', (click) => { if (click.target === dialog) close(); });

  const photo = document.getElementById('photo');
  const file = document.getElementById('file');
  photo.addEventListener('change', () => chosen(photo, 'image'));
  file.addEventListener('change', () => chosen(file, 'document'));
  document.getElementById('attach').addEventListener('click', () => sheet('Attach', [
    row('Photo', 'shrunk by the phone, as chats do', () => photo.click()),
    row('File', 'bytes as they are: PDF, HEIC, a photo as a document', () => file.click()),
    row('Voice note', 'a second of silence', () => say({ kind: 'voice' })),
    row('Poll', 'of a kind the bank cannot read', () => say({ kind: 'poll' })),
  ]));
  for (const button of document.querySelectorAll('[data-specimen]')) button.addEventListener('click', () => chooseSpecimen(button));

  return { say, sheet, close, menu, calm };
}
