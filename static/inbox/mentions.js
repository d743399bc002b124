// @ts-check
/** A colleague named this person in a note: said until somebody looks; who and where, never what. */

import { announce, notify } from "./announce.js";
import { find, h, icon } from "./dom.js";
import { t } from "./words.js";

export class Mentions {
  /**
   * @param {string} section where a ticket opens on this page
   * @param {() => string|null|undefined} [shown] the conversation on the screen
   * @param {(number: number) => void} [open] opens a ticket without leaving the page
   */
  constructor(section, shown = () => null, open) {
    this.section = section;
    this.shown = shown;
    this.open = open;
    this.place = find("[data-toasts]");
  }

  /** @param {any} frame */
  taken({ type, conversation, ticket, author, step }) {
    if (type === "promise.due") return this.#say(t(`promise_${step}`, { number: ticket }), ticket, `promise-${ticket}`);
    if (type !== "mention.made" || (conversation === this.shown() && !document.hidden)) return;
    this.#say(t("mentioned", { name: author.name }), ticket, conversation);
    if (document.hidden) notify(t("mention_note"), `mention ${conversation}`);
  }

  /** @param {string} words @param {number|null} ticket @param {string} key what it is taken away by */
  #say(words, ticket, key) {
    const follow = (/** @type {Event} */ event) => {
      if (!this.open) return;
      event.preventDefault();
      this.seen(key);
      if (ticket) this.open(ticket);
    };
    const link = ticket ? h("a", { href: `/${this.section}/${ticket}/`, click: follow }, words) : h("span", {}, words);
    const close = h("button", { class: "btn", type: "button", "aria-label": t("mention_close"), click: () => this.seen(key) }, icon("x", "i--16"));
    this.seen(key);
    this.place.append(h("div", { class: "toast", "data-mention": key }, link, close));
    announce(words);
  }

  /** The conversation is before them. @param {string} conversation */
  seen(conversation) {
    this.place.querySelector(`[data-mention="${conversation}"]`)?.remove();
  }
}
