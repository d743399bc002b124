// @ts-check
/** Whom a letter goes to: the correspondent or another participant, and copies as chips that the keyboard makes and removes. */

import { find, h, icon, say } from "./dom.js";
import { t } from "./words.js";

/** @typedef {{to: string, cc: string[], confirmed: string[]}} Chosen @typedef {{address: string, name: string, suppression: any}} Person */
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]{2,}$/;
const MOST = 10;

export class Recipients {
  /** @type {Map<string, Chosen>} by conversation */
  #chosen = new Map();
  /** @type {Map<string, Person[]>} */
  #people = new Map();
  #conversation = "";
  #correspondent = "";

  constructor() {
    this.to = find("[data-to-address]");
    this.opener = /** @type {HTMLButtonElement} */ (find("[data-cc-open]"));
    this.row = find("[data-cc]");
    this.chips = find("[data-cc-chips]");
    this.input = /** @type {HTMLInputElement} */ (find("[data-cc-input]"));
    this.known = find("[data-cc-known]");
    this.opener.addEventListener("click", () => this.#open());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("blur", () => this.#take());
    this.row.addEventListener("click", (event) => event.target === this.row && this.input.focus());
  }

  /** @param {{conversation: string, address?: string, name: string}} row */
  show(row) {
    if (this.#conversation !== row.conversation) this.input.value = "";
    this.#conversation = row.conversation;
    this.#correspondent = row.address || row.name;
    this.#draw();
  }

  /** Who takes part already, as the server knows. @param {string} conversation @param {Person[]} people */
  know(conversation, people) {
    this.#people.set(conversation, people);
    if (conversation === this.#conversation) this.#draw();
  }

  /** What goes with the letter; null while an address is wrong. @returns {Chosen|null} */
  get chosen() {
    return this.#take() ? this.#mine() : null;
  }

  /** The agent means these strangers. @param {string[]} addresses */
  confirm(addresses) {
    this.#mine().confirmed = addresses;
  }

  clear() {
    this.#chosen.delete(this.#conversation);
    this.#draw();
  }

  /** @returns {Chosen} */
  #mine() {
    if (!this.#chosen.has(this.#conversation)) this.#chosen.set(this.#conversation, { to: "", cc: [], confirmed: [] });
    return /** @type {Chosen} */ (this.#chosen.get(this.#conversation));
  }

  #open() {
    this.row.hidden = false;
    this.opener.hidden = true;
    this.input.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const removes = event.key === "Backspace" && !this.input.value;
    if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || [",", ";", " "].includes(event.key)) {
      event.preventDefault();
      if (this.input.value.trim()) this.#take();
    } else if (removes) this.#remove(this.#mine().cc.at(-1) ?? "");
    else if (event.key === "Escape" && !this.input.value && !this.#mine().cc.length) {
      event.preventDefault();
      event.stopPropagation();
      this.row.hidden = true;
      this.opener.hidden = false;
      this.opener.focus();
    }
  }

  /** Several pasted at once become several chips. */
  #typed() {
    this.input.removeAttribute("aria-invalid");
    if (/[,;\s]\S/.test(this.input.value.trim())) this.#take();
  }

  /** What is typed becomes chips; whether nothing wrong is left. */
  #take() {
    const mine = this.#mine();
    const wrong = [];
    for (const word of this.input.value.split(/[,;\s]+/).filter(Boolean)) {
      const address = word.replace(/^<|>$/g, "");
      if (!ADDRESS.test(address)) wrong.push(word);
      else if (!mine.cc.includes(address) && mine.cc.length < MOST) mine.cc.push(address);
    }
    this.input.value = wrong.join(" ");
    this.input.toggleAttribute("aria-invalid", false);
    if (wrong.length) this.input.setAttribute("aria-invalid", "true");
    this.#draw();
    return !wrong.length;
  }

  /** @param {string} address */
  #remove(address) {
    const mine = this.#mine();
    mine.cc = mine.cc.filter((one) => one !== address);
    mine.confirmed = mine.confirmed.filter((one) => one !== address);
    this.#draw();
    this.input.focus();
  }

  #draw() {
    const mine = this.#mine();
    const people = this.#people.get(this.#conversation) ?? [];
    this.#drawTo(mine, people);
    const shown = document.activeElement === this.input || mine.cc.length > 0 || this.input.value !== "";
    this.row.hidden = !shown;
    this.opener.hidden = shown;
    this.chips.replaceChildren(...mine.cc.map((address) => this.#chip(address, people)));
    const others = people.filter((one) => !mine.cc.includes(one.address) && one.address !== (mine.to || this.#correspondent));
    this.known.replaceChildren(...others.map((one) => h("option", { value: one.address }, one.name)));
    this.#warn([mine.to || this.#correspondent, ...mine.cc], people);
  }

  /** One address is said, of several one is chosen. @param {Chosen} mine @param {Person[]} people */
  #drawTo(mine, people) {
    const addresses = [...new Set([this.#correspondent, ...people.map((one) => one.address)])].filter(Boolean);
    if (addresses.length < 2) return say(this.to, this.#correspondent);
    if (this.to.querySelector("select")?.dataset.all === addresses.join()) return undefined;
    const change = (/** @type {Event} */ event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.target);
      mine.to = value === this.#correspondent ? "" : value;
      this.#draw();
    };
    const select = h("select", { class: "box__sel", "aria-label": t("to_whom"), "data-all": addresses.join(), change }, ...addresses.map((one) => h("option", { value: one, selected: one === (mine.to || this.#correspondent) }, one)));
    return this.to.replaceChildren(select);
  }

  /** @param {string} address @param {Person[]} people */
  #chip(address, people) {
    const stranger = !people.some((one) => one.address === address.toLowerCase());
    const remove = h("button", { class: "chip__x", type: "button", "aria-label": t("cc_remove", { address }), click: () => this.#remove(address) }, icon("x", "i--14"));
    return h("li", { class: stranger ? "chip chip--new" : "chip", title: stranger ? t("cc_new") : null }, h("span", { class: "ell" }, address), remove);
  }

  /** An address that was given up is said before anything is written. @param {string[]} addresses @param {Person[]} people */
  #warn(addresses, people) {
    const lost = people.find((one) => one.suppression && addresses.includes(one.address));
    const place = find("[data-given-up]");
    place.hidden = !lost;
    if (lost) say(find("[data-given-up-words]"), t("given_up", { address: lost.address }));
  }
}
