// @ts-check
/** Colleagues who have the same conversation before them: told to them, and shown over it for as long as it is true. */

import { find, h, icon, say } from "./dom.js";
import { t } from "./words.js";

const AGAIN = 15_000;
const SOON = 3_000;

export class Company {
  #shown = "";
  #told = 0;
  /** @type {Map<string, {name: string, views: number, types: number}>} by person: until when it is believed */
  #others = new Map();

  /** @param {any} connection */
  constructor(connection) {
    this.connection = connection;
    this.place = find("[data-company]");
    this.names = h("span", { class: "ell" });
    this.place.append(icon("eye"), this.names);
    document.addEventListener("visibilitychange", () => this.tick());
  }

  /** @param {string} conversation nothing when none is open */
  show(conversation) {
    if (this.#shown === conversation) return;
    this.#shown = conversation;
    this.#others.clear();
    this.#told = 0;
    this.tick();
  }

  /** @param {any} frame */
  taken({ type, conversation, author, ttl, entry }) {
    if (conversation !== this.#shown) return;
    if (type === "synced") this.#tell();
    if (type === "entry.posted") this.#stopped(entry.author.id);
    if (author?.kind !== "staff" || author.id === this.connection.me.id) return;
    const until = Date.now() + ttl * 1000;
    const known = this.#others.get(author.id);
    this.#others.set(author.id, { views: 0, types: 0, ...known, name: author.name, [type === "typing.shown" ? "types" : "views"]: until });
    if (!known && Date.now() - this.#told > SOON) this.#tell();
    this.tick();
  }

  tick() {
    const now = Date.now();
    for (const [id, { views, types }] of this.#others) if (Math.max(views, types) < now) this.#others.delete(id);
    const all = [...this.#others.values()];
    const writing = all.filter((one) => one.types > now);
    const names = (writing.length ? writing : all).map((one) => one.name);
    this.place.hidden = !names.length;
    say(this.names, names.length ? t(writing.length ? "also_types" : "also_views", { n: names.length, names: names.join(", ") }) : "");
    if (now - this.#told >= AGAIN) this.#tell();
  }

  /** Only for a window that is looked at; the server tells colleagues alone. */
  #tell() {
    if (!this.#shown || document.visibilityState !== "visible") return;
    if (this.connection.send({ type: "viewing", conversation: this.#shown })) this.#told = Date.now();
  }

  /** @param {string|null} id */
  #stopped(id) {
    const one = this.#others.get(id ?? "");
    if (!one) return;
    one.types = 0;
    this.tick();
  }
}
