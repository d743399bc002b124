// @ts-check
/** What the agent is told of the connection: nothing for three seconds, then amber, after a minute red, then briefly green. */

import { counter } from "./clock.js";
import { find, h, icon, say } from "./dom.js";
import { t } from "./words.js";

const AMBER = 3_000;
const RED = 60_000;
const GREEN = 4_000;

export class Link {
  #lostAt = /** @type {number|null} */ (Date.now());
  #shown = "";
  #missed = 0;
  #owed = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #fading;

  /** @param {any} connection */
  constructor(connection) {
    this.connection = connection;
    this.root = find("[data-banner]");
  }

  /** @param {{online: boolean}} change */
  changed({ online }) {
    const wasShown = this.#shown === "amber" || this.#shown === "red";
    if (!online) this.#lostAt ??= Date.now();
    else this.#lostAt = null;
    if (online && wasShown) this.#welcome();
    this.tick();
  }

  /** An entry came while the desk was catching up. */
  missed() {
    if (this.#shown !== "green") return;
    this.#missed += 1;
    this.#sayBack();
  }

  tick() {
    if (this.#lostAt === null) return;
    const gone = Date.now() - this.#lostAt;
    if (gone < AMBER) return;
    this.#owed = this.#pending();
    const state = gone < RED ? "amber" : "red";
    if (this.#shown !== state) this.#draw(state);
    if (state === "amber") {
      say(find("[data-lost]", this.root), t("lost_ago", { ago: counter(gone / 1000) }));
      say(find("[data-lost-more]", this.root), this.#owed ? t("lost_owed", { n: this.#owed }) : t("lost_write"));
    }
  }

  /** @param {"amber"|"red"} state */
  #draw(state) {
    this.#shown = state;
    const amber = state === "amber";
    const button = h("button", { class: "btn btn--sm", type: "button", click: () => this.connection.again(0) }, t("connect"));
    const words = amber
      ? h("p", { class: "grow" }, h("b", { "data-lost": "" }), " ", h("span", { "data-lost-more": "" }))
      : h("p", { class: "grow" }, h("b", {}, t("lost_long")), " ", t("lost_long_more"));
    const kind = amber ? "banner banner--warn" : "banner banner--danger";
    this.root.replaceChildren(h("div", { class: kind, role: amber ? null : "alert", "data-link": state }, icon(amber ? "wifi-off" : "alert"), words, button));
  }

  #welcome() {
    this.#shown = "green";
    this.#missed = 0;
    this.root.replaceChildren(h("div", { class: "banner banner--ok", "data-link": "green" }, icon("check"), h("p", { class: "grow", "data-back": "" })));
    this.#sayBack();
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => {
      if (this.#shown !== "green") return;
      this.#shown = "";
      this.root.replaceChildren();
    }, GREEN);
  }

  #sayBack() {
    const parts = [t("back")];
    const facts = [this.#owed && t("back_sent", { n: this.#owed }), this.#missed && t("back_missed", { n: this.#missed })].filter(Boolean);
    if (facts.length) parts.push(capital(facts.join(", ")) + ".");
    say(find("[data-back]", this.root), parts.join(" "));
  }

  #pending() {
    return [...this.connection.rooms.values()].reduce((sum, room) => sum + room.state.pending.length, 0);
  }
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
