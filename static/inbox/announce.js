// @ts-check
/** What a screen reader hears: one polite node and one alert, never the log itself. */

import { find } from "./dom.js";

const QUIET = 15_000;
const GAP = 5_000;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let clearing;
let lastElsewhere = 0;

/** @param {string} words */
export function announce(words) {
  const node = find("[data-polite]");
  node.textContent = words;
  clearTimeout(clearing);
  clearing = setTimeout(() => node.replaceChildren(), QUIET);
}

/** A message in another place, at most one in five seconds. @param {string} words */
export function announceElsewhere(words) {
  if (Date.now() - lastElsewhere < GAP) return;
  lastElsewhere = Date.now();
  announce(words);
}

/** A failure. @param {string} words */
export function alarm(words) {
  find("[data-alarm]").textContent = words;
}

/** Beside the window, for who has allowed it. @param {string} words @param {string} tag a later one of the same tag takes its place */
export function notify(words, tag) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const note = new Notification(words, { tag, silent: true });
  note.addEventListener("click", () => {
    window.focus();
    note.close();
  });
}
