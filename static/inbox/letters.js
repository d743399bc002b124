// @ts-check
/** Around the letters of a ticket: why the sender is not believed, how our answers fare by mail, and letters of others. */

import { ask } from "./api.js";
import { attempt } from "./decisions.js";
import { find, h, icon, say } from "./dom.js";
import { undoable } from "./toast.js";
import { t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */
const CALL_BACK = 10;
const UNDERWAY = new Set(["queued", "sending", "deferred"]);

export class Letters {
  /** @type {Row|null} */
  #row = null;
  /** @type {Map<string, Map<number, any>>} by conversation, our letters by the entry they carry */
  #sent = new Map();

  /** @param {any} connection @param {import("./composer.js").Composer} composer */
  constructor(connection, composer) {
    this.connection = connection;
    this.composer = composer;
    find("[data-panes]").addEventListener("conversation:state", (event) => {
      const { event: step } = /** @type {CustomEvent} */ (event).detail;
      const pane = /** @type {HTMLElement} */ (event.target);
      if (pane.getAttribute("conversation") !== this.#row?.conversation) return;
      this.#dress();
      if (step.type === "posted") this.#left(step);
    });
  }

  /** @param {Row} row */
  show(row) {
    const same = this.#row?.number === row.number;
    this.#row = row.channel === "email" ? row : null;
    if (this.#row && !same) this.#fetch();
  }

  hide() {
    this.#row = null;
  }

  /** @param {{conversation: string}} frame */
  moved(frame) {
    if (frame.conversation === this.#row?.conversation) this.#fetch();
  }

  async #fetch() {
    const row = this.#row;
    if (!row) return;
    const answer = await ask("GET", `tickets/${row.number}/letters`).catch(() => null);
    if (!answer) return;
    this.#sent.set(row.conversation, new Map(answer.sent.map((/** @type {any} */ letter) => [letter.seq, letter])));
    if (row === this.#row) this.#doubt(answer.came);
    this.#dress();
  }

  /** Why the sender is not believed, from the newest letter of the exchange. @param {any[]} came */
  #doubt(came) {
    const last = came.filter((letter) => letter.class === "human" && !letter.is_stranger).at(-1);
    const nobody = { 0: "doubt_nobody", 1: `doubt_${last?.level}` }[/** @type {number} */ (last?.candidates)] ?? "doubt_many";
    say(find("[data-doubt-why]"), last ? t(last.level === "E0" ? "doubt_E0" : nobody) : "");
  }

  /** Our answer is stored and waits ten seconds before it leaves. @param {{seq: number}} step */
  async #left({ seq }) {
    const row = this.#row;
    const entry = this.#entry(seq);
    if (!row || !entry || entry.kind !== "message") return;
    this.#fetch();
    if (await undoable(t("letter_leaves", { n: CALL_BACK }), CALL_BACK, "call_back")) return;
    this.#cancel(row, seq);
  }

  /** @param {Row} row @param {number} seq */
  async #cancel(row, seq) {
    const body = this.#entry(seq)?.body ?? "";
    const done = await attempt(() => ask("POST", `tickets/${row.number}/letters/${seq}/cancel`, {}));
    if (done && this.composer.row?.number === row.number && !this.composer.field.value) this.composer.insert(body);
    this.#fetch();
  }

  /** @param {Row} row @param {number} seq */
  async #retry(row, seq) {
    await attempt(() => ask("POST", `tickets/${row.number}/letters/${seq}/retry`, {}));
    this.#fetch();
  }

  /** @param {number} seq */
  #entry(seq) {
    const state = this.connection.state(this.#row?.conversation);
    return state?.entries.find((/** @type {any} */ one) => one.seq === seq) ?? state?.pending.find((/** @type {any} */ one) => one.seq === seq);
  }

  /** Put what belongs to a letter beside its message; drawn again whenever the transcript was. */
  #dress() {
    const row = this.#row;
    if (!row) return;
    const pane = find(`[data-panes] support-conversation[conversation="${row.conversation}"]`);
    pane.classList.add("is-letter");
    for (const entry of this.connection.state(row.conversation)?.entries ?? []) {
      const node = /** @type {HTMLElement|null} */ (pane.querySelector(`li[data-seq="${entry.seq}"]`));
      if (!node) continue;
      const letter = this.#sent.get(row.conversation)?.get(entry.seq);
      if (letter) this.#delivery(node, row, letter);
    }
  }

  /** @param {HTMLElement} node @param {Row} row @param {any} letter */
  #delivery(node, row, letter) {
    const place = /** @type {HTMLElement} */ (node.querySelector(".msg__mail") ?? node.appendChild(h("div", { class: "msg__m msg__mail" })));
    if (place.dataset.state === letter.state) return;
    place.dataset.state = letter.state;
    const bad = letter.state === "failed";
    place.classList.toggle("danger-t", bad);
    const words = h("span", {});
    say(words, letter.state_words);
    const acts = [];
    if (letter.state === "queued") acts.push(h("button", { class: "lnk", type: "button", click: () => this.#cancel(row, letter.seq) }, t("call_back")));
    if (bad) acts.push(h("button", { class: "lnk", type: "button", click: () => this.#retry(row, letter.seq) }, t("send_again")));
    place.replaceChildren(icon(bad ? "alert" : UNDERWAY.has(letter.state) ? "clock" : "mail"), words, ...acts);
  }
}
