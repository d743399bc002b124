// @ts-check
/** The scenario in the right panel: a button goes to the server as its form says, and the panel is drawn anew. */

import { csrf } from "./api.js";
import { t } from "./words.js";

/** @typedef {{body: HTMLElement, isOpen: boolean, toggle: (open?: boolean) => void, reload: () => Promise<void>}} Panel */
const IN_HEAD = { transfer: "transfer", escalate: "transfer", snooze: "snooze", finish: "finish" };
const IN_PANEL = { verify: "[data-identity], #locked-h, #who-h", priority: "[name=priority]", appeal: "#appeal-form summary" };

/** @param {HTMLButtonElement} button @param {Panel} panel */
export async function play(button, panel) {
  const { shortcut, control } = button.dataset;
  const words = shortcut ? putAnswer(shortcut, panel) : control ? openControl(control, panel) : await sendStep(button, panel);
  const told = /** @type {HTMLElement|null} */ (panel.body.querySelector("[data-step-refused]"));
  if (!told) return;
  told.hidden = !words;
  /** @type {HTMLElement} */ (told.lastElementChild).textContent = words;
  if (words) told.focus();
}

/** @param {HTMLButtonElement} button @param {Panel} panel @returns {Promise<string>} why it was refused; empty when it was not */
async function sendStep(button, panel) {
  const form = /** @type {HTMLFormElement} */ (button.form);
  if (!form.reportValidity() || button.getAttribute("aria-busy")) return "";
  const headers = { "X-CSRFToken": csrf(), "HX-Request": "true" };
  button.setAttribute("aria-busy", "true");
  const response = await fetch(form.action, { method: "POST", headers, body: new FormData(form, button) }).catch(() => null);
  const isOurs = response?.headers.get("X-Panel") === "scenario";
  const words = response && isOurs ? await response.text() : t("not_done");
  await panel.reload();
  button.removeAttribute("aria-busy");
  /** @type {HTMLElement|null} */ (panel.body.querySelector(".step--now, [data-step-end]"))?.focus();
  return words;
}

/** The list of prepared answers opens on this one: it is looked at and put in as any other. @param {string} shortcut @param {Panel} panel */
function putAnswer(shortcut, panel) {
  const field = /** @type {HTMLTextAreaElement|null} */ (document.querySelector("#reply"));
  const player = /** @type {HTMLElement} */ (panel.body.querySelector("[data-player]"));
  if (!field?.offsetParent) return player.dataset.noControl ?? "";
  if (field.value.trim()) return player.dataset.fieldFull ?? "";
  if (panel.isOpen) panel.toggle(false);
  field.focus();
  field.value = `/${shortcut}`;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return "";
}

/** @param {string} control @param {Panel} panel */
function openControl(control, panel) {
  const player = /** @type {HTMLElement} */ (panel.body.querySelector("[data-player]"));
  const act = IN_HEAD[/** @type {keyof typeof IN_HEAD} */ (control)];
  const place = IN_PANEL[/** @type {keyof typeof IN_PANEL} */ (control)];
  const found = act ? document.querySelector(`[data-head] [data-act="${act}"]:not([hidden])`) : panel.body.querySelector(place);
  if (!found) return player.dataset.noControl ?? "";
  if (act) /** @type {HTMLElement} */ (found).click();
  else lead(/** @type {HTMLElement} */ (found));
  return "";
}

/** @param {HTMLElement} place */
function lead(place) {
  place.closest("details")?.setAttribute("open", "");
  if (place.tabIndex < 0) place.setAttribute("tabindex", "-1");
  place.focus();
  place.scrollIntoView({ block: "nearest" });
}
