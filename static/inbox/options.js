// @ts-check
/** A list that the field leads: arrows choose, Enter takes, Esc leaves, and the field keeps the focus. */

import { find, h } from "./dom.js";

export class Options {
  /** @type {any[]} */
  found = [];
  chosen = 0;
  /** grows when what was asked for is no longer wanted */
  turn = 0;

  /** @param {HTMLTextAreaElement} field @param {HTMLElement} box what opens, with the list in it */
  constructor(field, box) {
    this.field = field;
    this.box = box;
    this.list = /** @type {HTMLElement} */ (find('[role="listbox"]', box));
    document.addEventListener("click", (event) => {
      const place = /** @type {Node} */ (event.target);
      if (this.isOpen && !box.contains(place) && !field.form?.contains(place)) this.close();
    });
  }

  get isOpen() {
    return !this.box.hidden;
  }

  close() {
    this.turn++;
    if (!this.isOpen) return;
    this.box.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  /** Without a choice. */
  leave() {
    this.close();
  }

  /** @param {any} _one */
  take(_one) {
    this.close();
  }

  /** @param {any} _found the chosen one, if there is any */
  chose(_found) {}

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  key(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter" && this.found.length) this.take(this.found[this.chosen]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#move(event.key === "ArrowDown" ? 1 : -1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /**
   * Open with these, the first chosen.
   * @param {any[]} found each with an `id` @param {(one: any) => (Node|string)[]} drawn @param {string} [none] said when there is none
   * @param {{from: number, name: string}} [rest] a heading over those from a place on
   */
  offer(found, drawn, none = "", rest) {
    this.found = found;
    this.chosen = 0;
    this.box.hidden = false;
    this.field.setAttribute("aria-controls", this.list.id);
    const options = found.map((one, at) => h(
      "li",
      { class: "menu__i", role: "option", id: this.#idOf(one), click: () => this.take(one), mousemove: () => this.#hover(at) },
      ...drawn(one),
    ));
    this.list.replaceChildren(...(options.length ? options : [h("li", { class: "menu__i t3", role: "option", "aria-disabled": "true" }, none)]));
    if (rest) options[rest.from]?.before(h("li", { class: "eyebrow px8", role: "presentation" }, rest.name));
    this.#mark();
  }

  /** @param {any} one */
  #idOf(one) {
    return `${this.list.id}-${one.id}`;
  }

  /** @param {number} by */
  #move(by) {
    if (!this.found.length) return;
    this.chosen = (this.chosen + by + this.found.length) % this.found.length;
    this.#mark();
  }

  /** @param {number} at */
  #hover(at) {
    if (this.chosen === at) return;
    this.chosen = at;
    this.#mark();
  }

  #mark() {
    this.list.querySelectorAll('[role="option"]').forEach((option, at) => {
      const isChosen = at === this.chosen && at < this.found.length;
      option.classList.toggle("is-act", isChosen);
      option.setAttribute("aria-selected", String(isChosen));
      if (isChosen) option.scrollIntoView({ block: "nearest" });
    });
    const one = this.found[this.chosen];
    this.chose(one);
    if (one) this.field.setAttribute("aria-activedescendant", this.#idOf(one));
  }
}
