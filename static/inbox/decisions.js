// @ts-check
/** What an agent decides about a ticket: transfer, snooze, finish, take, reopen. Undo where it can be, a question where it must. */

import { ask } from "./api.js";
import { find, h } from "./dom.js";
import { tell, undoable } from "./toast.js";
import { moment, t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */
const UNDO = 6;

export class Decisions {
  /** @param {{row: () => Row|null, stepsLeft: (number: number) => number|null, done: (row: Row) => Promise<void>,
   *   open: (number: number) => void, now: () => number}} desk */
  constructor(desk) {
    this.desk = desk;
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
      for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
    }
    dialogOf("transfer").addEventListener("submit", (event) => this.#transferChosen(event));
    dialogOf("finish").addEventListener("submit", () => this.#resolve());
  }

  /** @param {boolean} [toQueue] */
  async transfer(toQueue = false) {
    const row = this.desk.row();
    if (!row) return;
    const answer = await attempt(() => ask("GET", "agents"));
    if (!answer) return;
    const agents = Array.isArray(answer) ? answer : answer.agents;
    const options = agents.map((/** @type {any} */ agent) => choice(agent.id, agent.full_name, freeWords(agent), row.channel === "chat" && !takesChats(agent)));
    find("[data-agents]").replaceChildren(...options, choice("", t("queue"), t("queue_hint"), false));
    if (toQueue) /** @type {HTMLInputElement} */ (find('[data-agents] input[value=""]')).checked = true;
    /** @type {HTMLTextAreaElement} */ (find("[data-summary]")).value = "";
    find("[data-summary-error]").hidden = true;
    dialogOf("transfer").showModal();
  }

  /** @param {Event} event */
  async #transferChosen(event) {
    const row = this.desk.row();
    const chosen = /** @type {HTMLInputElement|null} */ (document.querySelector("[data-agents] input:checked"));
    const summary = /** @type {HTMLTextAreaElement} */ (find("[data-summary]")).value.trim();
    find("[data-summary-error]").hidden = Boolean(summary);
    if (!row || !chosen || !summary) return event.preventDefault();
    const words = chosen.value ? t("transferred_to", { name: chosen.dataset.name ?? "" }) : t("returned");
    if (!(await this.#act(row, "transfer", { to: chosen.value || null, summary }))) return;
    if (await undoable(words, UNDO)) return;
    await this.#act(row, "transfer/undo");
    this.desk.open(row.number);
  }

  finish() {
    const row = this.desk.row();
    if (!row) return;
    const left = this.desk.stepsLeft(row.number);
    if (!left) return this.#resolve();
    const asks = row.channel === "chat" ? `${t("will_rate")} ` : "";
    find("[data-steps-left]").textContent = asks + t("steps_left", { n: left });
    dialogOf("finish").showModal();
  }

  async #resolve() {
    const row = this.desk.row();
    if (row) await this.#act(row, "resolve");
  }

  snooze() {
    const row = this.desk.row();
    if (!row) return;
    const now = this.desk.now();
    const times = [now + 15 * 60_000, now + 60 * 60_000, now + 3 * 3600_000, tomorrowMorning(now)];
    const buttons = times.map((at) => {
      const until = new Date(at).toISOString();
      return h("button", { class: "way", type: "button", click: () => this.#snoozeUntil(row, until) }, h("span", { class: "grow" }, h("b", {}, moment(until, now))));
    });
    find("[data-times]").replaceChildren(...buttons);
    dialogOf("snooze").showModal();
  }

  /** @param {Row} row @param {string} until */
  async #snoozeUntil(row, until) {
    dialogOf("snooze").close();
    if (await this.#act(row, "snooze", { until })) tell(t("snoozed", { moment: moment(until, this.desk.now()) }));
  }

  async take() {
    const row = this.desk.row();
    if (row) await this.#act(row, "take");
  }

  async reopen() {
    const row = this.desk.row();
    if (row) await this.#act(row, "reopen");
  }

  copy() {
    const row = this.desk.row();
    if (!row) return;
    navigator.clipboard?.writeText(String(row.number)).then(() => tell(t("copied", { number: row.number })), () => undefined);
  }

  keys() {
    dialogOf("keys").showModal();
  }

  /** @param {Row} row @param {string} what @param {object} [body] */
  async #act(row, what, body = {}) {
    const done = await attempt(() => ask("POST", `tickets/${row.number}/${what}`, body), row.number);
    if (done) await this.desk.done(row);
    return done;
  }
}

/** @param {string} name @returns {HTMLDialogElement} */
export const dialogOf = (name) => /** @type {HTMLDialogElement} */ (find(`[data-dialog="${name}"]`));

/** A refusal is said in the server's words; a topic that is missing is asked for. @param {() => Promise<any>} act @param {number} [number] */
export async function attempt(act, number) {
  try {
    return (await act()) ?? null;
  } catch (error) {
    const { code, message } = /** @type {import("./api.js").Refused} */ (error);
    if (code === "topic_missing") return import("./topic.js").then((topic) => topic.choose(number, act));
    tell(message || t("not_done"), 8);
  }
}

/** @param {string} value @param {string} name @param {string} hint @param {boolean} full */
function choice(value, name, hint, full) {
  const input = h("input", { class: "rd", type: "radio", name: "to", value, required: true, "data-name": name, disabled: full });
  return h("label", { class: `cand ${full ? "t3" : ""}` }, input, h("span", { class: "row" }, h("b", { class: "grow ell" }, name), h("span", { class: "t2 nb" }, hint)));
}

/** @param {any} agent */
const takesChats = (agent) => agent.present && agent.availability === "available" && agent.free > 0;

/** @param {any} agent */
function freeWords(agent) {
  if (!agent.present) return t("not_connected");
  if (agent.availability !== "available") return t(`state_${agent.availability}`);
  return agent.free === 0 ? t("no_places") : t("free_places", { n: agent.free });
}

/** @param {number} now */
function tomorrowMorning(now) {
  const at = new Date(now);
  at.setDate(at.getDate() + 1);
  at.setHours(9, 0, 0, 0);
  return at.getTime();
}
