// @ts-check
/** Over the conversation: who, on which channel, proved how, and how long they wait. */

import { counter, ICONS, waitOf } from "./clock.js";
import { find, h, icon, say } from "./dom.js";
import { moment, t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */
const DAY = 24 * 60; // minutes: what is due later is said by its date alone

export class Header {
  /** @type {Row|null} */
  row = null;

  /** @param {(act: string) => void} decide */
  constructor(decide) {
    this.root = find("[data-head]");
    this.root.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-act]"));
      if (!button) return;
      button.closest("details")?.removeAttribute("open");
      decide(button.dataset.act ?? "");
    });
  }

  /** @param {Row} row @param {{mine: boolean, mayTake: boolean}} rights */
  show(row, { mine, mayTake }) {
    this.row = row;
    this.root.hidden = false;
    const letter = row.channel !== "chat";
    const over = row.status === "resolved";
    say(find("#conv-h"), (letter && row.subject) || row.name);
    this.#about(row, letter);
    find("[data-doubt]").hidden = !(letter && row.identity === "unverified");
    for (const words of document.querySelectorAll("[data-finish-words]")) say(words, t(letter ? "finish_letter" : "finish"));
    const shown = { transfer: mine && !over, snooze: mine && !over, finish: mine && !over, queue: mine && !over, take: mayTake, reopen: over };
    for (const [act, visible] of Object.entries(shown)) {
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll(`[data-act="${act}"]`))) button.hidden = !visible;
    }
  }

  hide() {
    this.row = null;
    this.root.hidden = true;
    find("[data-doubt]").hidden = true;
  }

  /** @param {Row} row @param {boolean} letter */
  #about(row, letter) {
    /** @type {(Node|string)[]} */
    const parts = [h("span", { class: "chead__ch" }, letter ? t("ticket_number", { number: row.number }) : t("channel_chat"))];
    if (letter && row.channel !== "email") parts.push(h("span", { class: "nb" }, t(`channel_${row.channel}`)));
    if (letter) parts.push(h("span", { class: "nb", "data-letter-due": "" }), h("span", { class: "nb", "data-letter-left": "" }));
    if (!letter && row.identity === "verified") parts.push(h("span", { class: "row ok-t" }, icon("shield-check"), h("span", { class: "ell" }, t("signed_in"))));
    if (row.status === "resolved") parts.push(h("span", { class: "nb" }, t("resolved")));
    if (letter && row.name && row.name !== row.subject) parts.push(h("span", { class: "ell" }, row.name));
    if (!letter && row.page) parts.push(h("span", { class: "ell" }, t("page", { page: row.page })));
    const dotted = parts.flatMap((part, at) => (at ? [h("span", { "data-dot": "" }, "·"), part] : [part]));
    find("[data-about]").replaceChildren(icon(ICONS[row.channel]), ...dotted);
  }

  /** @param {number} now */
  tick(now) {
    const { row } = this;
    if (!row) return;
    const wait = waitOf(row, now);
    const letter = row.channel !== "chat";
    const timer = find("[data-timer]");
    timer.hidden = letter || wait.state === "idle";
    timer.className = `chip-t ${{ warn: "chip-t--warn", late: "chip-t--late" }[/** @type {string} */ (wait.state)] ?? ""}`;
    say(find("[data-waited]"), counter(wait.waited));
    say(find("[data-target]"), row.target ? t("of_target", { target: counter(row.target) }) : "");
    if (letter) this.#due(row, wait, now);
  }

  /** @param {Row} row @param {import("./clock.js").Wait} wait @param {number} now */
  #due(row, wait, now) {
    const due = find("[data-letter-due]");
    const waits = Boolean(row.due_at) && wait.state !== "idle";
    const minutes = Math.floor((Date.parse(row.due_at ?? "") - now) / 60_000);
    const left = find("[data-letter-left]");
    for (const [part, isShown] of /** @type {[HTMLElement, boolean][]} */ ([[due, waits], [left, waits && minutes > 0 && minutes < DAY]])) {
      part.hidden = !isShown;
      /** @type {HTMLElement} */ (part.previousElementSibling).hidden = !isShown;
    }
    if (!waits) return;
    say(left, t("due_left", { time: lasting(minutes) }));
    due.className = `nb ${{ warn: "warn-t", late: "danger-t" }[/** @type {string} */ (wait.state)] ?? ""}`;
    say(due, t(wait.state === "late" ? "due_was" : "due_answer", { moment: moment(row.due_at ?? "", now) }));
  }
}

/** «3 ч 9 мин». @param {number} minutes */
function lasting(minutes) {
  const hours = Math.floor(minutes / 60);
  const parts = [hours && t("hours_short", { n: hours }), minutes % 60 && t("minutes_short", { n: minutes % 60 })];
  return parts.filter(Boolean).join(" ");
}
