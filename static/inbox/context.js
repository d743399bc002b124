// @ts-check
/** The right panel: who, loan, scenario, history. The server draws it; one piece of page for each ticket. */

import { ask, drawn } from "./api.js";
import { alarm } from "./announce.js";
import { find, h } from "./dom.js";
import { Past } from "./past.js";
import { t } from "./words.js";

export class Context {
  /** @type {Map<number, HTMLElement>} */
  #pieces = new Map();
  /** @type {WeakMap<HTMLElement, string>} what the server drew in each piece last */
  #drawn = new WeakMap();
  #shown = 0;
  #asked = 0;

  /** @param {any} connection @param {{topicSet: (number: number) => void, insert: (text: string) => void}} told */
  constructor(connection, told) {
    this.connection = connection;
    this.told = told;
    this.panel = find("[data-context]");
    this.body = find("[data-context-body]");
    this.loading = [...this.body.children];
    find("[data-context-close]").addEventListener("click", () => this.toggle(false));
    this.body.addEventListener("click", (event) => this.#click(event));
    this.body.addEventListener("change", (event) => this.#change(event));
    this.past = new Past(connection);
  }

  /** The identity desk answers from now on. @param {typeof import("./identity.js").Identity} Identity */
  identify(Identity) {
    new Identity(this.body, { insert: this.told.insert, settled: () => this.reload() });
  }

  /** Nobody's data stands beside another person's conversation, not for a moment. @param {number} number */
  show(number) {
    if (this.#shown === number) return;
    this.#shown = number;
    const known = this.#pieces.get(number);
    const piece = known ?? h("div", { "data-ticket": number }, ...this.loading.map((node) => node.cloneNode(true)));
    this.#pieces.set(number, piece);
    this.body.replaceChildren(piece);
    this.#blank(false);
    this.reload(number);
  }

  hide() {
    this.#shown = 0;
    this.body.replaceChildren();
    this.#blank(true);
  }

  /** @param {boolean} blank */
  #blank(blank) {
    this.body.hidden = blank;
    find("[data-context-none]").hidden = !blank;
  }

  /** Of answers that overtake one another the one asked for last stays; what is the same, and perhaps being filled in, is left alone.
   * @param {number} [number] */
  async reload(number = this.#shown) {
    const piece = this.#pieces.get(number);
    if (!piece) return;
    const turn = (this.#asked += 1);
    piece.dataset.asked = String(turn);
    const parts = await drawn("GET", `/inbox/${number}/context/`);
    if (!parts || piece.dataset.asked !== String(turn)) return;
    const text = parts.map((part) => /** @type {Element} */ (part).outerHTML ?? part.textContent).join("");
    if (this.#drawn.get(piece) === text) return;
    this.#drawn.set(piece, text);
    const typed = typedIn(piece);
    piece.replaceChildren(...parts);
    typed(piece);
  }

  /** @param {number} number @returns {number|null} scenario steps not done yet, when known */
  stepsLeft(number) {
    const steps = /** @type {HTMLElement|null|undefined} */ (this.#pieces.get(number)?.querySelector("[data-steps-left-count]"));
    return steps ? Number(steps.dataset.stepsLeftCount) : null;
  }

  /** @param {boolean} [open] */
  toggle(open = !this.panel.classList.contains("is-open")) {
    this.panel.classList.toggle("is-open", open);
    for (const button of document.querySelectorAll('[data-act="context"]')) button.setAttribute("aria-expanded", String(open));
    if (open) this.body.focus();
  }

  get isOpen() {
    return this.panel.classList.contains("is-open");
  }

  toHistory() {
    if (getComputedStyle(this.panel).position === "fixed") this.toggle(true);
    const target = /** @type {HTMLElement|null} */ (this.body.querySelector("[data-history] a, [data-history] button"));
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const step = /** @type {HTMLButtonElement|null} */ (target.closest("[data-step]"));
    const past = /** @type {HTMLElement|null} */ (target.closest("[data-past-conversation]"));
    if (step) {
      event.preventDefault();
      import("./player.js").then(({ play }) => play(step, this), () => alarm(t("not_done")));
    }
    const phone = /** @type {HTMLElement|null} */ (target.closest("[data-reveal]"));
    if (phone) this.#reveal(phone);
    if (past) {
      event.preventDefault();
      this.past.open(past);
    }
  }

  /** @param {HTMLElement} button */
  async #reveal(button) {
    const parts = await drawn("POST", button.dataset.reveal ?? "");
    if (parts) button.closest("[data-phone]")?.replaceWith(...parts);
    else alarm(t("not_done"));
  }

  /** @param {Event} event */
  #change(event) {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    if (select.matches("[data-topic]")) this.#put("topic", { topic: select.value || null }).then(() => this.told.topicSet(this.#shown));
  }

  /** @param {string} what @param {object} body */
  async #put(what, body) {
    const number = this.#shown;
    try {
      await ask("PUT", `tickets/${number}/${what}`, body);
    } catch (error) {
      alarm(/** @type {Error} */ (error).message || t("not_done"));
      this.#drawn.delete(/** @type {HTMLElement} */ (this.#pieces.get(number))); // what was chosen did not come to be
    }
    await this.reload(number);
  }
}

/** What somebody has opened and begun to fill in, to be put where it was when the panel is drawn anew. @param {HTMLElement} piece */
function typedIn(piece) {
  const open = [...piece.querySelectorAll("details[id][open]")].map((one) => one.id);
  const fields = /** @type {HTMLInputElement[]} */ ([...piece.querySelectorAll("details[id] input.input")]);
  const begun = fields.filter((one) => one.value !== one.defaultValue || one === document.activeElement);
  const kept = begun.map((one) => ({ place: `#${one.closest("details")?.id} [name="${one.name}"]`, value: one.value, isHere: one === document.activeElement }));
  return (/** @type {HTMLElement} */ anew) => {
    for (const id of open) anew.querySelector(`#${id}`)?.setAttribute("open", "");
    for (const { place, value, isHere } of kept) {
      const field = /** @type {HTMLInputElement|null} */ (anew.querySelector(place));
      if (field) field.value = value;
      if (isHere) field?.focus();
    }
  };
}
