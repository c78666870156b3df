// What changes while one looks: the queue's rows, whether a case has grown stale, how long a hold and a session last.
// Nothing is ever changed under what is being typed. Fragments are parsed by XMLHttpRequest into a document of their
// own, so that no text is turned into code here and Trusted Types has nothing to forbid.

const EVERY_MS = 5000;
const ROWS = ".row-open";
const LIVE = "x-portico-live";

function page(src) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", src);
    request.responseType = "document";
    request.setRequestHeader(LIVE, "1");
    request.onload = () => resolve(request.status === 200 ? request.responseXML : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}

function minutes(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

class Ticking extends HTMLElement {
  every = EVERY_MS;

  connectedCallback() {
    this.timer = setInterval(() => document.visibilityState === "visible" && this.tick(), this.every);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }
}

// The list as it is now; the row that has the focus keeps it. While something in it stands open to be answered, it rests.
customElements.define("live-list", class extends Ticking {
  async tick() {
    if (this.querySelector("details[open]")) return;
    const fresh = (await page(this.dataset.src))?.getElementById(this.id);
    if (!fresh || fresh.textContent === this.textContent || this.querySelector("details[open]")) return;
    const focused = this.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const row = [...this.querySelectorAll(ROWS)].indexOf(document.activeElement);
    this.replaceChildren(...document.importNode(fresh, true).childNodes);
    if (focused) this.querySelector(`a[href="${CSS.escape(focused)}"], a[href="${focused}"]`)?.focus();
    else this.querySelectorAll(ROWS)[row]?.focus();
  }
});

// Says that the case has changed; the reviewer decides when to look.
customElements.define("case-pulse", class extends Ticking {
  async tick() {
    const answer = await fetch(this.dataset.src, { headers: { [LIVE]: "1" } }).catch(() => null);
    if (!answer?.ok || (await answer.text()) === this.dataset.dossier) return;
    clearInterval(this.timer);
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "Show it as it is now";
    notice.append("This case has just changed. ", link, ". If you send the form first, what you typed is kept.");
    this.append(notice);
  }
});

// Counts the hold down, and prolongs it while the reviewer is at work.
customElements.define("lease-clock", class extends Ticking {
  every = 1000;

  connectedCallback() {
    super.connectedCallback();
    this.endsAt = Date.now() + Number(this.dataset.endsIn) * 1000;
    this.lastAct = Date.now();
    for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => (this.lastAct = Date.now()));
  }

  tick() {
    const left = this.endsAt - Date.now();
    this.textContent = left > 0 ? `claimed by you ${minutes(left)}` : "your hold has ended";
    if (left > 0 && left < 300_000 && Date.now() - this.lastAct < 60_000) this.prolong(left);
  }

  async prolong(left) {
    const form = this.closest("form");
    const before = this.endsAt;
    this.endsAt = Infinity;
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    this.endsAt = answer?.ok ? before - left + 600_000 : before;
  }
});

// Warns before the session ends, and offers to stay (WCAG 2.2.1).
customElements.define("session-watch", class extends Ticking {
  every = 10_000;

  connectedCallback() {
    super.connectedCallback();
    this.endsAt = Date.now() + Number(this.dataset.endsIn) * 1000;
  }

  tick() {
    const left = this.endsAt - Date.now();
    if (left > 120_000 || this.firstChild) return;
    const button = document.createElement("button");
    button.textContent = "Stay signed in";
    button.addEventListener("click", async () => {
      if (!(await fetch("/console")).ok) return;
      this.endsAt = Date.now() + 900_000;
      this.replaceChildren();
    });
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.setAttribute("role", "alert");
    notice.append("You will be signed out in two minutes. ", button);
    this.append(notice);
  }
});
