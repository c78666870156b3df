// What the applicant will read, as the form stands. The server renders it by rehearsing the click; only codes are asked
// with, so that nothing typed and nothing personal is in an address.

customElements.define("text-preview", class extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.dataset.form);
    this.form?.addEventListener("change", (event) => this.concerns(event.target) && this.show());
    if (this.dataset.form === "ask-photo") this.closest("details")?.addEventListener("toggle", () => this.show(), { once: true });
  }

  concerns(field) {
    return ["outcome", "reason", "slot", "photo_reason"].includes(field.name);
  }

  asked() {
    const fields = new FormData(this.form);
    if (this.dataset.form === "ask-photo") {
      return new URLSearchParams({ slot: fields.get("slot") ?? "", reason: fields.get("photo_reason") ?? "" });
    }
    return new URLSearchParams({ outcome: fields.get("outcome") ?? "", reasons: fields.getAll("reason").join(",") });
  }

  show() {
    const request = new XMLHttpRequest();
    request.open("GET", `${this.dataset.src}?${this.asked()}`);
    request.responseType = "document";
    request.onload = () => {
      const fresh = request.status === 200 && request.responseXML?.querySelector(".preview");
      // A later choice may have been answered already.
      if (fresh && this.latest === request) this.replaceChildren(document.importNode(fresh, true));
    };
    this.latest = request;
    request.send();
  }
});
