// @ts-check
/** What is typed and not yet sent: one draft for each conversation, kept on the server, never lost between the two. */

import { ask } from "./api.js";

/** @typedef {{mode: "reply"|"note", body: string}} Draft */
const PAUSE = 600;

export class Drafts {
  /** @type {Map<string, Draft>} */
  #known = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #owed = new Map();

  /** @param {(conversation: string, state: "saving"|"saved"|"failed") => void} told */
  constructor(told) {
    this.told = told;
    addEventListener("pagehide", () => this.#flush());
    document.addEventListener("visibilitychange", () => document.hidden && this.#flush());
  }

  /** @param {string} conversation @returns {Promise<Draft>} */
  async load(conversation) {
    const known = this.#known.get(conversation);
    if (known) return known;
    const answer = await ask("GET", `conversations/${conversation}/draft`).catch(() => null);
    const draft = this.#known.get(conversation) ?? { mode: answer?.mode ?? "reply", body: answer?.body ?? "" };
    this.#known.set(conversation, draft);
    return draft;
  }

  /** @param {string} conversation @returns {Draft|undefined} */
  peek(conversation) {
    return this.#known.get(conversation);
  }

  /** @param {string} conversation @param {Draft} draft */
  keep(conversation, draft) {
    this.#known.set(conversation, draft);
    clearTimeout(this.#owed.get(conversation));
    this.told(conversation, "saving");
    this.#owed.set(conversation, setTimeout(() => this.#save(conversation), PAUSE));
  }

  /** @param {string} conversation @param {RequestInit} [options] */
  async #save(conversation, options) {
    clearTimeout(this.#owed.get(conversation));
    this.#owed.delete(conversation);
    try {
      await ask("PUT", `conversations/${conversation}/draft`, this.#known.get(conversation), options);
      if (!this.#owed.has(conversation)) this.told(conversation, "saved");
    } catch (error) {
      if (/** @type {import("./api.js").Refused} */ (error).status === 404) return; // handed over: nothing to keep it for
      this.told(conversation, "failed");
      if (!this.#owed.has(conversation)) this.#owed.set(conversation, setTimeout(() => this.#save(conversation), PAUSE * 10));
    }
  }

  /** The page is going away: what is owed is sent without waiting. */
  #flush() {
    for (const conversation of [...this.#owed.keys()]) this.#save(conversation, { keepalive: true });
  }
}
