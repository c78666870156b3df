// What all three pages need: making elements without HTML strings, asking the server, saying how long ago.
// Nothing here or elsewhere builds markup from text, so Trusted Types can stay required.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'on') for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === 'text') node.textContent = value;
    else if (name in node && typeof value !== 'string') node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

// Answers the JSON, or null for 204. An error carries what the server said was wrong.
export async function ask(path, { body, raw, type } = {}) {
  const asked = body !== undefined || raw !== undefined;
  const response = await fetch(path, {
    method: asked ? 'POST' : 'GET',
    headers: asked ? { 'content-type': type ?? 'application/json' } : {},
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
  });
  if (response.status === 204) return null;
  const text = await response.text();
  let answer = null;
  try { answer = JSON.parse(text); } catch { /* an error page is text */ }
  if (!response.ok) throw new Error(answer?.error ?? (text.slice(0, 200) || `the server answered ${response.status}`));
  return answer;
}

// Runs `act` again and again, the next only after the last has ended; slowly while nobody looks.
export function keep(act, pause) {
  const tick = async () => {
    try {
      await act();
      delete document.body.dataset.offline;
    } catch (error) {
      document.body.dataset.offline = '';
      console.warn(error.message);
    }
    setTimeout(tick, document.hidden ? 5 * pause : pause);
  };
  tick();
}

export function ago(then, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} d ago`;
}

// A relative time with the exact one on hover; `refreshTimes` keeps all of them right.
export function when(then) {
  const exact = new Date(then);
  return el('time', { datetime: exact.toISOString(), title: exact.toLocaleString(), text: ago(then) });
}

export function refreshTimes() {
  for (const time of document.querySelectorAll('time[datetime][title]')) time.textContent = ago(Date.parse(time.dateTime));
}

// A short id that copies the whole one.
export function id(text) {
  const short = text.length > 16 ? `${text.slice(0, 13)}…` : text;
  const button = el('button', { type: 'button', class: 'id', title: `Copy ${text}`, text: short });
  button.addEventListener('click', async () => {
    await navigator.clipboard?.writeText(text);
    button.textContent = 'copied';
    setTimeout(() => { button.textContent = short; }, 1200);
  });
  return button;
}
