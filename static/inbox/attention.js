// @ts-check
/** The title, sounds and notifications: that something waits, never what it says or from whom. */

import { alarm, announce, announceElsewhere, notify } from "./announce.js";
import { turns } from "./clock.js";
import { t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */

export class Attention {
  /** @type {Map<number, string>} */
  #told = new Map();
  #first = true;

  /** @param {import("./store.js").Store} store @param {import("./sounds.js").Sounds} sounds @param {() => number} active */
  constructor(store, sounds, active) {
    this.store = store;
    this.sounds = sounds;
    this.active = active;
    store.addEventListener("change", (event) => this.#compare(/** @type {CustomEvent} */ (event).detail.before));
  }

  /** Chats that wait for an answer, the one on the screen not counted. */
  get waiting() {
    return this.store.chats().filter((row) => row.waiting_since && row.number !== this.active()).length;
  }

  title() {
    const row = this.store.row(this.active());
    const name = row ? (row.channel !== "chat" ? row.subject || row.name : row.name) : t("inbox");
    const count = this.waiting;
    document.title = `${count ? "(" + count + ") " : ""}${name} — supportdesk`;
  }

  /** Once a second: promises about to break, and broken ones, each told once. */
  tick() {
    for (const { row, state, left } of turns(this.#told, this.store.chats(), this.store.now())) {
      const place = this.store.placeOf(row.number) ?? 0;
      if (state === "warn") announce(t("place_warn", { place, n: left }));
      else {
        announce(t("place_late", { place }));
        this.sounds.late();
        notify(t("note_late", { place }), `place ${place}`);
      }
    }
    this.title();
  }

  /** @param {import("./store.js").Snapshot|null} before */
  #compare(before) {
    if (this.#first) turns(this.#told, this.store.chats(), this.store.now());
    this.#first = false;
    if (!before || before === this.store.snapshot) return this.title();
    const known = new Map(before.slots.filter((slot) => slot.ticket).map((slot) => [slot.ticket?.number, slot.ticket]));
    for (const row of this.store.chats()) {
      const old = known.get(row.number);
      if (!old) this.#arrived(row);
      else if (!old.waiting_since && row.waiting_since) this.#waits(row);
    }
    return this.title();
  }

  /** @param {Row} row */
  #arrived(row) {
    const place = this.store.placeOf(row.number) ?? 0;
    this.sounds.newChat();
    announce(t("place_new", { place }));
    notify(t("new_chat_note"), `place ${place}`);
  }

  /** @param {Row} row */
  #waits(row) {
    if (row.number === this.active() && !document.hidden) return;
    const place = this.store.placeOf(row.number) ?? 0;
    this.sounds.message(String(place));
    announceElsewhere(t("place_message", { place }));
    if (document.hidden) notify(t("note_message", { place }), `place ${place}`);
  }
}

export { alarm };
