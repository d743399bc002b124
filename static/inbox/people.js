// @ts-check
/** Colleagues by `@` in a note: those who may read it. The chosen name is put where the `@` stands. */

import { ask } from "./api.js";
import { find, h } from "./dom.js";
import { Options } from "./options.js";

/** @typedef {{id: string, name: string, full_name: string}} Colleague */
const TYPED = /(?<![\p{L}\p{N}_])@([\p{L}\p{N}_.-]*)$/u;

export class People extends Options {
  /** @type {Promise<Colleague[]>} */
  #known = Promise.resolve([]);

  /** @param {HTMLTextAreaElement} field */
  constructor(field) {
    super(field, find("[data-people]"));
  }

  /** What stands before the cursor decides. @param {string} conversation */
  async typed(conversation) {
    if (this.#query() === null) return this.close();
    const turn = ++this.turn;
    if (!this.isOpen) this.#known = ask("GET", `conversations/${conversation}/mentionable`).catch(() => []);
    const all = await this.#known;
    if (turn !== this.turn) return;
    const start = plain(this.#query() ?? "");
    const found = all.filter((one) => [one.name, ...one.full_name.split(" ")].some((name) => plain(name).startsWith(start)));
    if (!found.length) return this.close();
    this.offer(found, ({ name, full_name: full }) => [h("b", {}, name), name !== full && h("span", { class: "ell t3" }, full)].filter((piece) => piece !== false));
  }

  /** @param {Colleague} one */
  take({ name }) {
    const at = this.field.selectionStart;
    this.field.setRangeText(`@${name} `, at - (this.#query() ?? "").length - 1, at, "end");
    this.close();
    this.field.focus();
    this.field.dispatchEvent(new Event("input"));
  }

  /** @returns {string|null} the letters after an `@` that begins a word */
  #query() {
    const { selectionStart: at, selectionEnd: end, value } = this.field;
    return at === end ? (TYPED.exec(value.slice(0, at))?.[1] ?? null) : null;
  }
}

/** @param {string} name */
const plain = (name) => name.toLocaleLowerCase().replaceAll("ё", "е");
