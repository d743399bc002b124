// @ts-check
/** The interface's words in the user's language, as the server put them into the page. */

const element = document.getElementById("words");
/** @type {Record<string, any>} */
const words = element ? JSON.parse(element.textContent || "{}") : {};
export const language = document.documentElement.lang || "ru";
const plural = new Intl.PluralRules(language);

/** @param {string} key @param {Record<string, string|number>} [values] @returns {string} */
export function t(key, values = {}) {
  let text = words[key] ?? key;
  if (typeof text === "object") text = text[plural.select(Number(values.n))] ?? text.other;
  const all = typeof values.n === "number" ? { ...values, n: values.n.toLocaleString(language) } : values;
  return text.replace(/\{(\w+)\}/g, (/** @type {string} */ whole, /** @type {string} */ name) => all[name] ?? whole);
}

/** @param {string|number|Date} moment @returns {string} */
export function clock(moment) {
  return new Date(moment).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** `15:50`, `завтра, 11:00`, `27 ноя, 11:00`: a moment to come, named so that it does not grow stale.
 * @param {string} moment @param {number} now */
export function moment(moment, now) {
  const day = (/** @type {Date} */ date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const ahead = Math.round((day(new Date(moment)) - day(new Date(now))) / 86_400_000);
  if (ahead === 0) return clock(moment);
  if (ahead === 1) return t("tomorrow_at", { clock: clock(moment) });
  if (ahead === -1) return t("yesterday_at", { clock: clock(moment) });
  const date = new Date(moment).toLocaleDateString(language, { day: "numeric", month: "short" }).replace(".", "");
  return `${date.replace(" ", "\u00a0")}, ${clock(moment)}`;
}
