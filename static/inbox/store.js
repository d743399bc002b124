// @ts-check
/** The inbox as the server sees it, and the server's clock. Everything on the screen is drawn from here. */

import { ask } from "./api.js";

/** @typedef {import("./clock.js").Row} Row */
/**
 * @typedef {object} Snapshot
 * @property {{id: string, display_name: string, availability: string, reason: string, capacity: number}} me
 * @property {{number: number, ticket: Row|null}[]} slots
 * @property {Row[]} letters
 * @property {Row[]} held chats put off, or whose borrower fell silent; they come back by themselves
 * @property {{waiting: number, longest_wait: number|null}} queue
 * @property {number} waiting_count
 * @property {string} now
 */

export class Store extends EventTarget {
  /** @type {Snapshot|null} */
  snapshot = null;
  #offset = 0;
  #fetching = false;
  #again = false;

  /** Server time in milliseconds. */
  now() {
    return Date.now() + this.#offset;
  }

  /** Measure the clock from a request's middle. @param {string} serverNow @param {number} sent @param {number} got */
  tune(serverNow, sent, got) {
    this.#offset = Date.parse(serverNow) - (sent + got) / 2;
  }

  /** Fetch again; calls during a fetch are answered by one more, so the last word is always the server's. */
  async refresh() {
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    this.#fetching = true;
    try {
      do {
        this.#again = false;
        await this.#fetch();
      } while (this.#again);
    } finally {
      this.#fetching = false;
    }
  }

  async #fetch() {
    const sent = Date.now();
    const snapshot = await ask("GET", "inbox");
    this.tune(snapshot.now, sent, Date.now());
    this.take(snapshot);
  }

  /** @param {Snapshot} snapshot */
  take(snapshot) {
    const before = this.snapshot;
    this.snapshot = snapshot;
    this.dispatchEvent(new CustomEvent("change", { detail: { before } }));
  }

  /** What the socket says of the inbox. @param {any} frame */
  taken(frame) {
    if (frame.type === "welcome" || frame.type === "inbox.changed") this.refresh().catch(() => undefined);
    if (frame.type === "entry.posted") this.heard(frame.conversation, frame.entry);
    if (frame.type === "queue.counted" && this.snapshot) this.snapshot.queue = { waiting: frame.waiting, longest_wait: frame.longest_wait };
  }

  /** @returns {Row[]} chats in the order of their places, then letters */
  rows() {
    if (!this.snapshot) return [];
    return [...this.chats(), ...this.snapshot.letters, ...(this.snapshot.held ?? [])];
  }

  /** @returns {Row[]} */
  chats() {
    return (this.snapshot?.slots ?? []).map((slot) => slot.ticket).filter((row) => row !== null);
  }

  /** @param {number|null} number */
  row(number) {
    return this.rows().find((row) => row.number === number) ?? null;
  }

  /** @param {number} number @returns {number|null} the place a ticket has */
  placeOf(number) {
    return this.snapshot?.slots.find((slot) => slot.ticket?.number === number)?.number ?? null;
  }

  /**
   * A message arrived by the socket: the last words change at once, and a clock starts or stops without waiting for the
   * server's next snapshot, which says the same.
   * @param {string} conversation @param {any} entry
   */
  heard(conversation, entry) {
    const row = this.rows().find((one) => one.conversation === conversation);
    if (!row || entry.kind !== "message" || entry.created_at <= (row.last_message?.at ?? "")) return;
    const theirs = entry.author.kind !== "staff";
    row.last_message = { author_kind: entry.author.kind, author_name: entry.author.name, body: entry.body, at: entry.created_at };
    if (!theirs) Object.assign(row, { waiting_since: null, is_new: false, answered_at: entry.created_at });
    this.dispatchEvent(new CustomEvent("change", { detail: { before: this.snapshot } }));
    if (theirs && !row.waiting_since) this.refresh().catch(() => undefined);
  }

  /** How much of a conversation the agent has not seen. @param {string} conversation @param {number} count */
  seen(conversation, count) {
    const row = this.rows().find((one) => one.conversation === conversation);
    if (!row || row.unread === count) return;
    row.unread = count;
    this.dispatchEvent(new CustomEvent("change", { detail: { before: this.snapshot } }));
  }
}
