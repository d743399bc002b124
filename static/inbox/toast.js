// @ts-check
/** Undo instead of confirm: what was decided happens when the countdown ends, at once when the page is left. */

import { find, h, say } from "./dom.js";
import { t } from "./words.js";

/** @type {Set<() => void>} */
const owed = new Set();
addEventListener("pagehide", () => owed.forEach((act) => act()));

/**
 * @param {string} words @param {number} seconds @param {string} undoWords key of the button's words
 * @returns {Promise<boolean>} whether it was let happen
 */
export function undoable(words, seconds, undoWords = "undo") {
  return new Promise((resolve) => {
    const undo = h("button", { class: "btn", type: "button" });
    const toast = h("div", { class: "toast", role: "status" }, h("span", {}, words), undo);
    let left = seconds;
    const show = () => say(undo, `${t(undoWords)} · ${left}`);
    const end = (/** @type {boolean} */ happens) => {
      clearInterval(timer);
      owed.delete(now);
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
