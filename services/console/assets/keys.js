// Keys. Whatever an element's `aria-keyshortcuts` names, presses it: that attribute is the one list, and the help is
// drawn from it. A single letter prepares and never sends; it works only while nothing is being typed, and the help
// turns single letters off (WCAG 2.1.4). Lists move by j and k.

const OFF = "portico-keys-off";
const TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox])";

const ROWS = ".row-link, .row-open";

document.documentElement.classList.add("scripted");

function lettersAreOff() {
  return localStorage.getItem(OFF) === "1";
}

function nameOf(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Control");
  if (event.altKey) parts.push("Alt");
  parts.push(event.altKey && event.code.startsWith("Digit") ? event.code.slice(5) : event.key);
  return parts.join("+");
}

function targetOf(key) {
  const all = document.querySelectorAll("[aria-keyshortcuts]");
  return [...all].find((element) => element.getAttribute("aria-keyshortcuts") === key && element.checkVisibility());
}

function press(element) {
  if (element.matches("input[type=search]")) element.focus();
  else if (element.matches("summary")) element.parentElement.open = !element.parentElement.open;
  else element.click();
  if (element.matches("input, summary")) element.focus();
}

function moveInList(step) {
  const links = [...document.querySelectorAll(ROWS)];
  if (links.length === 0) return false;
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  const key = nameOf(event);
  const isLetter = !key.includes("+") && key.length === 1;
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (isLetter && (lettersAreOff() || event.target.matches(TYPING))) return;
  if (key === "Escape" && event.target.matches(TYPING)) return event.target.blur();
  if (key === "Control+Enter") {
    // What is sent is the form one is in; the decision's when one is in none.
    const form = event.target.closest("form[id]") ?? document.getElementById("decide");
    const button = form?.querySelector(".send button:not(.noscript):not(:disabled)");
    if (button) event.preventDefault(), button.click();
    return;
  }
  if (key === "j" || key === "k") return void (moveInList(key === "j" ? 1 : -1) && event.preventDefault());
  if (key === "?") return event.preventDefault(), document.querySelector("key-help")?.open();
  const target = targetOf(key);
  if (target && !target.disabled) event.preventDefault(), press(target);
});

customElements.define("key-help", class extends HTMLElement {
  connectedCallback() {
    const button = document.createElement("button");
    button.className = "plain";
    button.type = "button";
    button.textContent = "?";
    button.setAttribute("aria-label", "Keys");
    button.addEventListener("click", () => this.open());
    this.append(button);
  }

  open() {
    const dialog = document.createElement("dialog");
    const heading = document.createElement("h1");
    heading.textContent = "Keys on this page";
    const list = document.createElement("dl");
    list.className = "keys";
    for (const [key, words] of this.shortcuts()) {
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
      const detail = document.createElement("dd");
      detail.textContent = words;
      list.append(term, detail);
    }
    dialog.append(heading, list, this.toggle(), this.closer(dialog));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  shortcuts() {
    const named = [...document.querySelectorAll("[aria-keyshortcuts]")].map((element) => {
      const label = element.closest("label")?.querySelector("span") ?? element;
      const words = element.getAttribute("aria-label") ?? (label.firstChild?.textContent?.trim() || "find a case");
      return [element.getAttribute("aria-keyshortcuts").replace("Control", "Ctrl"), words];
    });
    const list = document.querySelector(ROWS) ? [["j k", "next, previous row"], ["Enter", "open"]] : [];
    return [...list, ...named, ["Esc", "leave a field"], ["?", "this list"]];
  }

  toggle() {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !lettersAreOff();
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "0" : "1"));
    label.append(box, " single keys work");
    return label;
  }

  closer(dialog) {
    const button = document.createElement("button");
    button.textContent = "Close";
    button.addEventListener("click", () => dialog.close());
    const line = document.createElement("p");
    line.append(button);
    return line;
  }
});
