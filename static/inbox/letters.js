// @ts-check
/** Around the letters of a ticket: why the sender is not believed, how our answers fare by mail, and letters of others. */

import { ask } from "./api.js";
import { attempt } from "./decisions.js";
import { find, h, icon, say } from "./dom.js";
import { follow } from "./places.js";
import { undoable } from "./toast.js";
import { t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */
const BAD = new Set(["failed", "bounced", "unknown"]);
const UNDERWAY = new Set(["queued", "sending", "deferred"]);

export class Letters {
  /** @type {Row|null} */
  #row = null;
  /** @type {Map<string, Map<number, any>>} by conversation, our letters by the entry they carry */
  #sent = new Map();
  /** @type {Map<string, Map<number, any>>} the same of letters that came */
  #came = new Map();

  /** @param {any} connection @param {import("./composer.js").Composer} composer @param {(row: Row) => Promise<void>} settled
   * @param {(number: number) => Promise<void>} open */
  constructor(connection, composer, settled, open) {
    this.connection = connection;
    this.composer = composer;
    this.settled = settled;
    this.open = open;
    composer.mail = (row, post) => this.#send(row, post);
    find("[data-panes]").addEventListener("conversation:state", (event) => {
      const pane = /** @type {HTMLElement} */ (event.target);
      if (pane.getAttribute("conversation") !== this.#row?.conversation) return;
      this.#dress();
    });
  }

  /** @param {Row} row */
  show(row) {
    const same = this.#row?.number === row.number;
    this.#row = row.channel === "email" ? row : null;
    if (!same) find("[data-kin]").hidden = true;
    if (this.#row && !same) this.#fetch();
  }

  hide() {
    this.#row = null;
    find("[data-kin]").hidden = true;
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
    this.#came.set(row.conversation, new Map(answer.came.map((/** @type {any} */ letter) => [letter.seq, letter])));
    this.composer.recipients?.know(row.conversation, answer.participants ?? []);
    if (row.number === this.#row?.number) {
      this.#doubt(answer.came);
      this.#kin(answer);
      this.#sign(answer.signature ?? "");
    }
    this.#dress();
  }

  /** Why the sender is not believed, from the newest letter of the exchange. @param {any[]} came */
  #doubt(came) {
    const last = came.filter((letter) => letter.class === "human" && !letter.is_stranger).at(-1);
    const nobody = { 0: "doubt_nobody", 1: `doubt_${last?.level}` }[/** @type {number} */ (last?.candidates)] ?? "doubt_many";
    say(find("[data-doubt-why]"), last ? t(last.level === "E0" ? "doubt_E0" : nobody) : "");
  }

  /** The finished ticket that this one goes on from, and letters that were too many for tickets of their own. @param {any} answer */
  #kin({ previous, may_open_previous: mayOpen, came }) {
    const words = t("continues", { number: previous });
    const link = mayOpen ? h("a", { href: `/inbox/${previous}/`, click: (/** @type {MouseEvent} */ event) => follow(event, () => this.open(previous)) }, words) : words;
    const many = came.some((/** @type {any} */ letter) => letter.is_collected) && h("span", {}, t("collected", { n: came.length }));
    const place = find("[data-kin]");
    place.replaceChildren(...[previous && h("span", {}, link), many].filter(Boolean));
    place.hidden = !place.firstChild;
  }

  /** What the letter will end with. @param {string} signature */
  #sign(signature) {
    const place = find("[data-signature]");
    place.hidden = !signature;
    say(place, signature);
  }

  /** By its own way, which answers in words; nothing when it is stored, and then it waits to be called back.
   * @param {Row} row @param {any} post */
  async #send(row, post) {
    try {
      const letter = await ask("POST", `tickets/${row.number}/letters`, post);
      this.#left(row, letter, post.body);
      return null;
    } catch (error) {
      const { code, message } = /** @type {import("./api.js").Refused} */ (error);
      return { code, words: code === "network" ? t("letter_kept") : message };
    }
  }

  /** Our answer is stored and waits before it leaves. @param {Row} row @param {any} letter @param {string} body */
  async #left(row, letter, body) {
    this.#fetch();
    const wait = Number(find("[data-inbox]").dataset.undo);
    if (!wait || (await undoable(t("letter_leaves", { n: wait }), wait, "call_back", true))) return;
    this.#cancel(row, letter.seq, body);
  }

  /** @param {Row} row @param {number} seq @param {string} [text] */
  async #cancel(row, seq, text) {
    const body = text ?? this.#entry(seq)?.body ?? "";
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
      const came = this.#came.get(row.conversation)?.get(entry.seq);
      if (came) this.#checked(node, row, entry, came);
      if (entry.data?.third_party) this.#decide(node, row, entry);
    }
  }

  /** How its sender was checked, and the tickets it may belong to. @param {HTMLElement} node @param {Row} row @param {any} entry @param {any} came */
  #checked(node, row, entry, came) {
    const foot = node.querySelector(".mail__f");
    if (!foot || foot.querySelector("[data-checked]")) return;
    const said = [...came.why, came.evidence.results].filter(Boolean).join("\n");
    foot.append(
      h("details", { class: "fold", "data-checked": came.level }, h("summary", {}, t("checked", { level: came.level })), h("p", {}, said)),
      ...(entry.data.suggested ?? []).map((/** @type {number} */ number) =>
        h("button", { class: "lnk mail__as", type: "button", click: () => this.#join(row, number) }, t("join_ticket", { number }))),
    );
  }

  /** Two tickets about one matter become one, and that is opened. @param {Row} row @param {number} into */
  async #join(row, into) {
    if ((await attempt(() => ask("POST", `tickets/${row.number}/merge`, { into }))) === undefined) return;
    await this.settled(row);
    await this.open(into);
  }

  /** A letter of somebody else waits for a decision, once. @param {HTMLElement} node @param {Row} row @param {any} entry */
  #decide(node, row, entry) {
    const place = /** @type {HTMLElement|null} */ (node.querySelector("[data-third-acts]"));
    const open = this.#came.get(row.conversation)?.get(entry.seq)?.is_stranger;
    if (!place || place.dataset.open === String(open)) return;
    place.dataset.open = String(open);
    const act = (/** @type {string} */ what) => h("button", { class: "btn btn--sm", type: "button", click: () => this.#party(row, entry.seq, what) }, t(what));
    place.replaceChildren(...(open ? [act("admit"), act("split")] : []));
  }

  /** @param {Row} row @param {number} seq @param {string} what */
  async #party(row, seq, what) {
    if ((await attempt(() => ask("POST", `tickets/${row.number}/letters/${seq}/${what}`, {}))) === undefined) return;
    await this.#fetch();
    await this.settled(row);
  }

  /** @param {HTMLElement} node @param {Row} row @param {any} letter */
  #delivery(node, row, letter) {
    const place = /** @type {HTMLElement} */ (node.querySelector(".msg__mail") ?? node.appendChild(h("div", { class: "msg__m msg__mail" })));
    if (place.dataset.state === letter.state) return;
    place.dataset.state = letter.state;
    const bad = BAD.has(letter.state);
    place.classList.toggle("danger-t", bad);
    const words = h("span", {});
    const why = letter.error === "suppressed" ? t("mail_suppressed") : "";
    say(words, [letter.state_words, ...(letter.cc.length ? [t("letter_cc", { names: letter.cc.join(", ") })] : []), why].filter(Boolean).join(" · "));
    const acts = [];
    if (letter.state === "queued") acts.push(h("button", { class: "lnk", type: "button", click: () => this.#cancel(row, letter.seq) }, t("call_back")));
    if (bad && !why) acts.push(h("button", { class: "lnk", type: "button", click: () => this.#retry(row, letter.seq) }, t("send_again")));
    place.replaceChildren(icon(bad ? "alert" : UNDERWAY.has(letter.state) ? "clock" : "mail"), words, ...acts);
  }
}
