// @ts-check
/** Undo instead of confirm: what was decided happens when the countdown ends, at once when the page is left. */

import { find, h, say } from "./dom.js";
import { t } from "./words.js";

/** @type {Set<() => void>} */
const owed = new Set();
addEventListener("pagehide", () => owed.forEach((act) => act()));

/** @type {{undo: () => void, byEscape: boolean}[]} what the keyboard can still undo, the latest last */
const open = [];

/** Undo the latest by key; whether there was anything. @param {boolean} [byEscape] */
export function undoLatest(byEscape = false) {
  const latest = open.at(-1);
  if (!latest || (byEscape && !latest.byEscape)) return false;
  latest.undo();
  return true;
}

/**
 * @param {string} words @param {number} seconds @param {string} undoWords key of the button's words
 * @param {boolean} byEscape whether Esc undoes it too, beside Alt Z
 * @returns {Promise<boolean>} whether it was let happen
 */
export function undoable(words, seconds, undoWords = "undo", byEscape = false) {
  return new Promise((resolve) => {
    const undo = h("button", { class: "btn", type: "button", "aria-keyshortcuts": byEscape ? "Alt+Z Escape" : "Alt+Z", title: byEscape ? "Esc, Alt Z" : "Alt Z" });
    const way = { undo: () => end(false), byEscape };
    open.push(way);
    const toast = h("div", { class: "toast", role: "status" }, h("span", {}, words), undo);
    let left = seconds;
    const show = () => say(undo, `${t(undoWords)} · ${left}`);
    const end = (/** @type {boolean} */ happens) => {
      clearInterval(timer);
      owed.delete(now);
      open.splice(open.indexOf(way), 1);
      toast.remove();
      resolve(happens);
    };
    const now = () => end(true);
    const timer = setInterval(() => (--left > 0 ? show() : end(true)), 1000);
    undo.addEventListener("click", () => end(false));
    owed.add(now);
    show();
    find("[data-toasts]").append(toast);
  });
}

/** A sentence that leaves by itself. @param {string} words @param {number} [seconds] */
export function tell(words, seconds = 5) {
  const toast = h("div", { class: "toast toast--plain", role: "status" }, h("span", {}, words));
  find("[data-toasts]").append(toast);
  setTimeout(() => toast.remove(), seconds * 1000);
}
