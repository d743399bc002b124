// @ts-check
/** Nothing is finished without a topic: it is asked for where the button was pressed, and what was wanted is done then. */

import { ask, drawn } from "./api.js";
import { attempt, dialogOf } from "./decisions.js";
import { find, h } from "./dom.js";
import { tell } from "./toast.js";
import { t } from "./words.js";

/**
 * Ask for the topic of a ticket, set it, and do what was refused for want of it; undefined where nothing came of it.
 * @param {number} number @param {() => Promise<any>} act @returns {Promise<any>}
 */
export async function choose(number, act) {
  const select = /** @type {HTMLSelectElement} */ (find("[data-missing-topic]"));
  const parts = (await drawn("GET", `/inbox/${number}/context/`)) ?? [];
  const options = parts.flatMap((part) => part instanceof Element ? [...part.querySelectorAll("[data-topic] > :not([value=''])")] : []);
  if (!options.length) return tell(t("not_done"));
  select.replaceChildren(h("option", { value: "" }, "—"), ...options);
  select.value = "";
  const dialog = dialogOf("topic");
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "set" || !select.value) return undefined;
  const set = await attempt(() => ask("PUT", `tickets/${number}/topic`, { topic: select.value }));
  return set && attempt(act);
}
