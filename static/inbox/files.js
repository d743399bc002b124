// @ts-check
/** Files of the answer being written: chosen, pasted or dropped; checked before they travel; never at the cost of the text. */

import { refusal, shrink, upload } from "../conversation/files.js";
import { csrf } from "./api.js";
import { find, h, icon, say } from "./dom.js";
import { t } from "./words.js";

const MOST = 10;

/** @typedef {{name: string, row: HTMLElement, attachment: any, cancel: () => void, failed: boolean}} Item */

export class Files {
  /** @type {Map<string, Item[]>} by conversation */
  #items = new Map();
  #conversation = "";

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.list = find("[data-files]");
    this.input = /** @type {HTMLInputElement} */ (find("[data-file-input]"));
    find("[data-attach]").addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => {
      this.add([...(this.input.files ?? [])]);
      this.input.value = "";
    });
    this.#watchDrops(find("[data-inbox]"), find("[data-drop]"));
  }

  /** @param {string} conversation */
  show(conversation) {
    this.#conversation = conversation;
    this.#draw();
  }

  get busy() {
    return this.#mine().some((item) => !item.attachment && !item.failed);
  }

  get ready() {
    return this.#mine().filter((item) => item.attachment).map((item) => item.attachment);
  }

  /** What was sent is here no longer; what was refused stays to be seen. @param {string} conversation */
  clear(conversation) {
    this.#items.set(conversation, (this.#items.get(conversation) ?? []).filter((item) => item.failed));
    this.#draw();
  }

  /** @param {File[]} files */
  add(files) {
    if (!this.#conversation) return;
    for (const file of files) this.#take(file);
    this.#draw();
  }

  /** @param {File} file */
  #take(file) {
    const note = h("span", { class: "s12" });
    const bar = /** @type {HTMLProgressElement} */ (h("progress", { class: "up__bar", max: 100, value: 0, "aria-label": file.name }));
    const row = h("li", { class: "up" }, h("span", { class: "att__i" }, icon(file.type.startsWith("image/") ? "image" : "file", "i--18")));
    /** @type {Item} */
    const item = { name: file.name, row, attachment: null, cancel: () => undefined, failed: false };
    const remove = h("button", { class: "ib ib--sm", type: "button", "aria-label": t("file_remove", { name: file.name }), click: () => this.#remove(item) }, icon("x", "i--16"));
    row.append(h("span", { class: "grow" }, h("b", { class: "ell" }, file.name), bar, note), remove);
    this.#mine().push(item);
    const words = refusal(file) || (this.#mine().length > MOST ? t("file_many", { n: MOST }) : "");
    if (words) this.#fail(item, bar, note, words);
    else this.#upload(item, file, bar, note).finally(() => this.changed());
  }

  /** @param {Item} item @param {File} file @param {HTMLProgressElement} bar @param {Element} note */
  async #upload(item, file, bar, note) {
    try {
      const small = await shrink(file);
      const { done, cancel } = upload(this.#conversation, small, { "X-CSRFToken": csrf() }, (/** @type {number} */ share) => (bar.value = share));
      item.cancel = cancel;
      item.attachment = await done;
      bar.remove();
      say(note, t("file_ready"));
    } catch (error) {
      this.#fail(item, bar, note, /** @type {any} */ (error).message || t("file_failed"));
    }
  }

  /** @param {Item} item @param {Element} bar @param {Element} note @param {string} words */
  #fail(item, bar, note, words) {
    item.failed = true;
    bar.remove();
    note.className = "s12 danger-t";
    say(note, words);
  }

  /** @param {Item} item */
  #remove(item) {
    item.cancel();
    this.#items.set(this.#conversation, this.#mine().filter((one) => one !== item));
    this.#draw();
    this.changed();
  }

  /** @returns {Item[]} */
  #mine() {
    if (!this.#items.has(this.#conversation)) this.#items.set(this.#conversation, []);
    return this.#items.get(this.#conversation) ?? [];
  }

  #draw() {
    const items = this.#mine();
    this.list.replaceChildren(...items.map((item) => item.row));
    this.list.toggleAttribute("hidden", !items.length);
  }

  /** @param {Element} area @param {Element} sign */
  #watchDrops(area, sign) {
    const carries = (/** @type {Event} */ event) => [...(/** @type {DragEvent} */ (event).dataTransfer?.types ?? [])].includes("Files");
    area.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      sign.removeAttribute("hidden");
    });
    area.addEventListener("dragleave", (event) => {
      if (!area.contains(/** @type {Node} */ (/** @type {DragEvent} */ (event).relatedTarget))) sign.setAttribute("hidden", "");
    });
    area.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      sign.setAttribute("hidden", "");
      this.add([...(/** @type {DragEvent} */ (event).dataTransfer?.files ?? [])]);
    });
    area.addEventListener("paste", (event) => {
      const files = [...(/** @type {ClipboardEvent} */ (event).clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.add(files);
    });
  }
}
