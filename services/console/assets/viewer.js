// The pictures: zoom to 800 %, move, turn, light, contrast, invert; together when compared. Everything a drag does a
// button or key does too (WCAG 2.5.7), and the picture never covers what is read from it. Style goes through custom
// properties, so that no page needs an inline style.

const ZOOM_MAX = 8;
const FRESH = { zoom: 1, x: 0, y: 0, turn: 0, light: 1, contrast: 1, invert: 0 };

const TOOLS = [
  ["+", "Zoom in", (view) => (view.zoom *= 1.25)],
  ["−", "Zoom out", (view) => (view.zoom /= 1.25)],
  ["⟲", "Turn left", (view) => (view.turn -= 90)],
  ["⟳", "Turn right", (view) => (view.turn += 90)],
  ["☀", "Brighter", (view) => (view.light = view.light >= 2.4 ? 1 : view.light + 0.25)],
  ["◐", "More contrast", (view) => (view.contrast = view.contrast >= 2.4 ? 1 : view.contrast + 0.35)],
  ["◩", "Invert", (view) => (view.invert = 1 - view.invert)],
  ["0", "As it was", (view) => Object.assign(view, FRESH)],
];

// Key, what it does to the picture that has the focus. Turning by one degree is for crooked photos.
const KEYS = {
  "+": (view) => (view.zoom *= 1.25),
  "=": (view) => (view.zoom *= 1.25),
  "-": (view) => (view.zoom /= 1.25),
  "0": (view) => Object.assign(view, FRESH),
  ",": (view) => (view.turn -= 90),
  ".": (view) => (view.turn += 90),
  "<": (view) => (view.turn -= 1),
  ">": (view) => (view.turn += 1),
  ArrowLeft: (view) => (view.x += 40),
  ArrowRight: (view) => (view.x -= 40),
  ArrowUp: (view) => (view.y += 40),
  ArrowDown: (view) => (view.y -= 40),
};

customElements.define("evidence-viewer", class extends HTMLElement {
  connectedCallback() {
    this.stages = [...this.querySelectorAll(".stage:not(.none)")];
    this.views = new Map(this.stages.map((stage) => [stage, { ...FRESH }]));
    for (const stage of this.stages) this.prepare(stage);
    if (this.stages.length > 1) this.append(this.comparer());
    document.addEventListener("keydown", (event) => this.step(event));
  }

  prepare(stage) {
    const tools = document.createElement("div");
    tools.className = "tools";
    tools.setAttribute("role", "toolbar");
    tools.setAttribute("aria-label", "Picture");
    for (const [icon, words, change] of TOOLS) tools.append(button(icon, words, () => this.change(stage, change)));
    stage.after(tools);
    stage.addEventListener("keydown", (event) => this.key(stage, event));
    stage.addEventListener("wheel", (event) => this.wheel(stage, event), { passive: false });
    stage.addEventListener("pointerdown", (event) => stage.setPointerCapture(event.pointerId));
    stage.addEventListener("pointermove", (event) => this.drag(stage, event));
    stage.addEventListener("dblclick", () => this.change(stage, (view) => (view.zoom = view.zoom > 1 ? 1 : 2.5)));
  }

  comparer() {
    const line = document.createElement("div");
    line.className = "tools";
    const together = button("Compare", "Move all pictures together", () => {
      this.together = !this.together;
      together.setAttribute("aria-pressed", String(this.together));
    });
    together.setAttribute("aria-pressed", "false");
    together.setAttribute("aria-keyshortcuts", "v");
    line.append(together);
    return line;
  }

  // [ and ] go from picture to picture.
  step(event) {
    if (!["[", "]"].includes(event.key) || event.target.matches("input, textarea, select")) return;
    const here = this.stages.indexOf(document.activeElement);
    const count = this.stages.length;
    this.stages[(here + (event.key === "]" ? 1 : count - 1) + count) % count]?.focus();
  }

  key(stage, event) {
    const change = KEYS[event.key];
    if (!change || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.change(stage, change);
  }

  wheel(stage, event) {
    if (!event.ctrlKey && this.views.get(stage).zoom === 1) return;
    event.preventDefault();
    this.change(stage, (view) => (view.zoom *= event.deltaY < 0 ? 1.1 : 1 / 1.1));
  }

  drag(stage, event) {
    if (!stage.hasPointerCapture(event.pointerId)) return;
    this.change(stage, (view) => ((view.x += event.movementX), (view.y += event.movementY)));
  }

  change(stage, change) {
    for (const each of this.together ? this.stages : [stage]) {
      const view = this.views.get(each);
      change(view);
      view.zoom = Math.min(Math.max(view.zoom, 1), ZOOM_MAX);
      if (view.zoom === 1) view.x = view.y = 0;
      this.draw(each, view);
    }
  }

  draw(stage, view) {
    const style = stage.querySelector("img").style;
    style.setProperty("--zoom", view.zoom);
    style.setProperty("--x", `${view.x}px`);
    style.setProperty("--y", `${view.y}px`);
    style.setProperty("--turn", `${view.turn}deg`);
    style.setProperty("--light", view.light);
    style.setProperty("--contrast", view.contrast);
    style.setProperty("--invert", view.invert);
  }
});

function button(text, words, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "plain";
  element.textContent = text;
  element.title = words;
  element.setAttribute("aria-label", words);
  element.addEventListener("click", act);
  return element;
}
