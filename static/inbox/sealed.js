// @ts-check
/** What an answer is made of besides what is typed: legal texts that go whole, and which prepared answers were used. */

import { find, h, icon } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
const MOST = 10;

export class Sealed {
  conversation = "";
  /** by conversation @type {Map<string, Answer[]>} */
  #kept = new Map();
  /** @type {Map<string, number[]>} */
  #used = new Map();

  /** @param {() => void} changed */
  constructor(changed) {
    this.list = find("[data-sealed]");
    this.changed = changed;
  }

  /** @returns {Answer[]} the legal texts that go with this conversation's answer */
  get all() {
    return this.#kept.get(this.conversation) ?? [];
  }

  /** @returns {number[]} ids of the prepared answers in it */
  get answers() {
    return [...new Set([...this.all.map((one) => one.id), ...(this.#used.get(this.conversation) ?? [])])].slice(0, MOST);
  }

  /** What is typed with the legal texts under it. @param {string} typed */
  with(typed) {
    return [typed, ...this.all.map((one) => one.filled)].filter(Boolean).join("\n\n");
  }

  /** @param {Answer} answer */
  use({ id }) {
    this.#used.set(this.conversation, [...(this.#used.get(this.conversation) ?? []), id]);
  }

  /** @param {Answer[]} texts */
  set(texts) {
    this.#kept.set(this.conversation, texts);
    this.draw();
    this.changed();
  }

  /** @param {Answer} answer */
  add(answer) {
    if (!this.all.some((one) => one.id === answer.id)) this.set([...this.all, answer]);
  }

  /** The field is empty: nothing of what was put into it is left. */
  forget() {
    this.#used.delete(this.conversation);
  }

  clear() {
    this.forget();
    this.set([]);
  }

  /** @param {boolean} [hidden] a note takes none */
  draw(hidden = false) {
    this.list.hidden = hidden || !this.all.length;
    this.list.replaceChildren(...this.all.map((one) => h("li", {},
      h("div", { class: "sealed__h" }, icon("lock", "i--16"), h("b", { class: "grow ell" }, one.title), h("span", {}, t("sealed")),
        h("button", { class: "ib ib--sm", type: "button", "aria-label": t("sealed_out", { title: one.title }), click: () => this.set(this.all.filter((other) => other !== one)) }, icon("x", "i--16"))),
      h("p", { class: "sealed__t" }, one.filled))));
  }
}
