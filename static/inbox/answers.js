// @ts-check
/** Answers written once: by `/` with a preview, or proposed above the field. They are put into the field, never sent. */

import { ask } from "./api.js";
import { find, h, icon, say } from "./dom.js";
import { Options } from "./options.js";
import { t } from "./words.js";

/** @typedef {{id: number, shortcut: string, title: string, body: string, filled: string, fitting: boolean,
 *   sealed: boolean, expired: boolean, note: string}} Answer */

export class Answers extends Options {
  /** @param {HTMLTextAreaElement} field @param {(answer: Answer) => void} insert */
  constructor(field, insert) {
    super(field, find("[data-canned]"));
    this.insert = insert;
    this.conversation = "";
    this.topic = "";
    this.button = find("[data-canned-open]");
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open("")));
  }

  /** @param {string} query what follows the `/` */
  async open(query) {
    const turn = ++this.turn;
    const found = await this.#ask(query);
    if (turn !== this.turn) return;
    this.button.setAttribute("aria-expanded", "true");
    this.button.classList.add("is-on");
    const own = this.topic ? found.filter((answer) => answer.fitting) : [];
    const others = found.filter((answer) => !own.includes(answer));
    say(find("[data-canned-head]"), own.length ? t("answers_topic", { topic: this.topic }) : t("answers_all"));
    const drawn = (/** @type {Answer} */ answer) => [h("span", { class: "grow ell" }, ...typed(`/${answer.shortcut}`, `/${query}`)), answer.sealed || answer.expired ? icon(answer.expired ? "alert" : "lock", "i--16") : "", h("kbd", { class: "kbd" }, "Enter")];
    this.offer([...own, ...others], drawn, t("answers_none"), own.length ? { from: own.length, name: t("answers_others") } : undefined);
    this.field.focus();
  }

  close() {
    super.close();
    this.button.setAttribute("aria-expanded", "false");
    this.button.classList.remove("is-on");
  }

  /** Without a choice the slash that opened the list goes too: it was no text. */
  leave() {
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
    const buttons = found.map((answer) => h("button", { class: "sug", type: "button", click: () => this.take(answer) },
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
  take(answer) {
    this.close();
    this.insert(answer);
  }

  /** @param {Answer|undefined} answer */
  chose(answer) {
    find("[data-canned-preview]").replaceChildren(...(answer ? preview(answer) : []));
    say(find("[data-canned-note]"), answer?.note ?? "");
    find("[data-canned-note]").classList.toggle("danger-t", Boolean(answer?.expired));
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
