// @ts-check
/** The conversations on the screen: every chat's pane stays in the page, so that switching is instant; one is shown. */

import { SupportConversation } from "../conversation/element.js";
import { find, h } from "./dom.js";
import "./named.js";

/** @typedef {import("./clock.js").Row} Row */
const KEPT_LETTERS = 8;

/** A chat or a past that has letters in it fetches how they look with the first. */
/** @type {any} */ (SupportConversation.prototype).letter ??= (/** @type {HTMLElement} */ node, /** @type {any} */ entry) => {
  if (entry.data?.letter || entry.data?.from) import("./letter.js").then(({ sheet }) => sheet(node, entry));
};

export class Panes {
  /** @type {Map<string, any>} */
  #panes = new Map();
  /** @type {string[]} conversations that are not in a place, the latest last */
  #visited = [];
  #shown = "";

  /** @param {any} connection a Connection of ../conversation/socket.js */
  constructor(connection) {
    this.connection = connection;
    this.root = find("[data-panes]");
  }

  /** Every chat in a place has its pane from the start. @param {Row[]} chats */
  keep(chats) {
    const wanted = new Set(chats.map((row) => row.conversation));
    for (const row of chats) this.#pane(row.conversation);
    for (const [id, pane] of this.#panes) {
      if (wanted.has(id) || id === this.#shown || this.#visited.includes(id)) continue;
      pane.remove();
      this.#panes.delete(id);
    }
  }

  /** @param {string} conversation */
  show(conversation) {
    if (this.#shown === conversation) return;
    const left = this.#panes.get(this.#shown);
    left?.leave();
    this.#visited = [...this.#visited.filter((id) => id !== conversation), conversation].slice(-KEPT_LETTERS);
    this.#pane(conversation);
    this.#shown = conversation;
    for (const [id, pane] of this.#panes) {
      pane.hidden = id !== conversation;
      pane.active = id === conversation;
    }
    this.#panes.get(conversation)?.toEnd();
  }

  hide() {
    this.#panes.get(this.#shown)?.leave();
    this.#shown = "";
    for (const pane of this.#panes.values()) {
      pane.hidden = true;
      pane.active = false;
    }
  }

  /** @param {string} conversation */
  #pane(conversation) {
    if (this.#panes.has(conversation)) return;
    const pane = /** @type {any} */ (h("support-conversation", { audience: "staff", conversation, hidden: true }));
    this.#panes.set(conversation, pane);
    this.root.append(pane);
    pane.active = false;
    pane.connection = this.connection;
  }
}
