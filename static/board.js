// @ts-check
/** The board: its clock, how old its figures are, and the whole screen. */

const STALE = 10; // seconds from which figures are said to be old
const live = /** @type {HTMLElement} */ (document.querySelector("[data-live]"));
const words = /** @type {HTMLElement} */ (document.querySelector("[data-live-words]"));
const clock = /** @type {HTMLElement} */ (document.querySelector("[data-clock]"));
const full = /** @type {HTMLButtonElement} */ (document.querySelector("[data-full]"));
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const timeZone = clock.dataset.zone; // the desk's, as of every figure on the page
const hours = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
let renewed = Date.now();

document.body.addEventListener("htmx:afterSwap", () => {
  renewed = Date.now();
  tell();
});
setInterval(tell, 1000);
tell();

function tell() {
  const now = new Date();
  const age = Math.max(0, Math.round((now.getTime() - renewed) / 1000));
  clock.textContent = now.toLocaleTimeString(language, hours);
  const isStale = age >= STALE;
  live.classList.toggle("wb__live--stale", isStale);
  const time = new Date(renewed).toLocaleTimeString(language, { hourCycle: "h23", timeZone });
  words.textContent = isStale
    ? String(live.dataset.stale).replace("{time}", time)
    : String(live.dataset[plural.select(age)] ?? live.dataset.other).replace("{n}", String(age));
}

full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
