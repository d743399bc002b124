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

  /** @param {{online: boolean, full?: boolean}} change */
  changed({ online, full = false }) {
    const wasShown = this.#shown === "amber" || this.#shown === "red";
    if (!online) this.#lostAt ??= Date.now();
    else this.#lostAt = null;
    if (online && full) this.#bar("full", "warn", t("stores_nothing"));
    else if (online && (wasShown || this.#shown === "full")) this.#welcome();
    this.tick();
  }

  /** An entry came while the desk was catching up. */
  missed() {
    if (this.#shown !== "green") return;
    this.#missed += 1;
    this.#sayBack();
  }

  /** Nothing but the person can mend it. @param {string} reason */
  stopped(reason) {
    const isElsewhere = reason === "elsewhere";
    const act = () => (isElsewhere ? this.#goOn() : location.reload());
    const button = h("button", { class: "btn btn--sm", type: "button", click: act }, t(isElsewhere ? "go_on" : "reload"));
    this.#bar("stopped", "danger", t(isElsewhere ? "gave_way" : "broke_off"), button);
  }

  #goOn() {
    this.#shown = "";
    this.root.replaceChildren();
    this.#lostAt = Date.now();
    this.connection.start();
  }

  /** @param {string} shown @param {"warn"|"danger"} kind @param {string} words @param {HTMLElement[]} acts */
  #bar(shown, kind, words, ...acts) {
    this.#shown = shown;
    this.root.replaceChildren(h("div", { class: `banner banner--${kind}`, role: "alert", "data-link": shown }, icon("alert"), h("p", { class: "grow" }, words), ...acts));
  }

  tick() {
    if (this.#lostAt === null || this.#shown === "stopped") return;
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
