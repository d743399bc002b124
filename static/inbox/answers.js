// @ts-check
/** Answers written once: by `/` with a preview, or proposed above the field. They are put into the field, never sent. */

import { ask } from "./api.js";
import { find, h, icon, say } from "./dom.js";
import { t } from "./words.js";

/** @typedef {{id: number, shortcut: string, title: string, body: string, filled: string}} Answer */

export class Answers {
  /** @type {Answer[]} */
  #found = [];
  #chosen = 0;
  #asked = 0;

  /** @param {HTMLTextAreaElement} field @param {(text: string) => void} insert */
  constructor(field, insert) {
    this.field = field;
    this.insert = insert;
    this.conversation = "";
    this.topic = "";
    this.box = find("[data-canned]");
    this.list = find("[data-canned-list]");
    this.button = find("[data-canned-open]");
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open("")));
    document.addEventListener("click", (event) => {
      const inside = /** @type {Element} */ (event.target).closest("[data-canned], [data-box]");
      if (this.isOpen && !inside) this.close();
    });
  }

  get isOpen() {
    return !this.box.hidden;
  }

  /** @param {string} query what follows the `/` */
  async open(query) {
    const turn = ++this.#asked;
    const found = await this.#ask(query);
    if (turn !== this.#asked) return;
    this.#found = found;
    this.#chosen = 0;
    this.box.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.button.classList.add("is-on");
    this.field.setAttribute("aria-controls", "answers");
    say(find("[data-canned-head]"), this.topic ? t("answers_topic", { topic: this.topic }) : t("answers_all"));
    this.#draw(query);
    this.field.focus();
  }

  close() {
    this.#asked++;
    this.box.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.button.classList.remove("is-on");
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  key(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") this.#leave();
    else if (event.key === "Enter" && this.#found.length) this.#take(this.#found[this.#chosen]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#move(event.key === "ArrowDown" ? 1 : -1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Without a choice the slash that opened the list goes too: it was no text. */
  #leave() {
    this.close();
    if (this.field.value !== "/") return;
    this.field.value = "";
    this.field.dispatchEvent(new Event("input"));
  }

  /** @param {Element} row where the proposals stand @returns {Promise<void>} */
  async propose(row) {
    const conversation = this.conversation;
    const found = (await this.#ask("", true)).slice(0, 3);
    if (conversation !== this.conversation) return;
    const buttons = found.map((answer) => h("button", { class: "sug", type: "button", click: () => this.#take(answer) },
      h("b", { class: "ell" }, answer.title), h("span", { class: "ell" }, answer.filled)));
    row.replaceChildren(h("span", { title: t("suggestions_key") }, icon("bulb")), ...buttons);
    row.toggleAttribute("data-some", Boolean(buttons.length));
  }

  /** @param {string} query @param {boolean} [fitting] only those of the ticket's topic @returns {Promise<Answer[]>} */
  async #ask(query, fitting = false) {
    const search = new URLSearchParams({ query, conversation: this.conversation, ...(fitting && { fitting: "1" }) });
    const answer = await ask("GET", `answers?${search}`).catch(() => []);
    return Array.isArray(answer) ? answer : (answer?.answers ?? []);
  }

  /** @param {Answer} answer */
  #take(answer) {
    this.close();
    this.insert(answer.filled);
  }

  /** @param {number} by */
  #move(by) {
    if (!this.#found.length) return;
    this.#chosen = (this.#chosen + by + this.#found.length) % this.#found.length;
    this.#mark();
  }

  /** @param {string} query */
  #draw(query) {
    const options = this.#found.map((answer, at) => h(
      "li",
      { class: "menu__i", role: "option", id: `answer-${answer.id}`, click: () => this.#take(answer), mousemove: () => this.#hover(at) },
      h("span", { class: "grow ell" }, ...typed(`/${answer.shortcut}`, `/${query}`)), h("kbd", { class: "kbd" }, "Enter"),
    ));
    this.list.replaceChildren(...(options.length ? options : [h("li", { class: "menu__i t3", role: "option", "aria-disabled": "true" }, t("answers_none"))]));
    this.#mark();
  }

  /** @param {number} at */
  #hover(at) {
    if (this.#chosen === at) return;
    this.#chosen = at;
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((option, at) => {
      const isChosen = at === this.#chosen && at < this.#found.length;
      option.classList.toggle("is-act", isChosen);
      option.setAttribute("aria-selected", String(isChosen));
      if (isChosen) option.scrollIntoView({ block: "nearest" });
    });
    const answer = this.#found[this.#chosen];
    find("[data-canned-preview]").replaceChildren(...(answer ? preview(answer) : []));
    if (answer) this.field.setAttribute("aria-activedescendant", `answer-${answer.id}`);
  }
}

/** The typed part in bold. @param {string} shortcut @param {string} query */
function typed(shortcut, query) {
  if (!shortcut.toLowerCase().startsWith(query.toLowerCase())) return [shortcut];
  return [h("b", {}, shortcut.slice(0, query.length)), shortcut.slice(query.length)];
}

/** The filled answer with what the system filled in marked. @param {Answer} answer @returns {(Node|string)[]} */
export function preview({ body, filled }) {
  const pieces = body.split(/\{[^{}]+\}/);
  const escaped = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[\s\u00a0]+/g, "\\s+"));
  const values = pieces.length > 1 ? filled.match(new RegExp(`^${escaped.join("([\\s\\S]*?)")}$`)) : null;
  if (!values) return [filled];
  /** @type {(Node|string)[]} */
  const result = [];
  pieces.forEach((piece, at) => {
    result.push(piece);
    if (at < pieces.length - 1) result.push(h("mark", { class: "var" }, values[at + 1]));
  });
  return result;
}
