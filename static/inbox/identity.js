// @ts-check
/** The identity desk in the right panel: forms go as they are, the panel comes back as the server drew it. */

import { alarm } from "./announce.js";
import { csrf } from "./api.js";
import { t } from "./words.js";

export class Identity {
  /** @param {HTMLElement} body @param {{insert: (text: string) => void, settled: () => void}} told */
  constructor(body, told) {
    this.told = told;
    body.addEventListener("submit", (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      if (!form.matches("[data-identity-form]")) return;
      event.preventDefault();
      this.#send(form, /** @type {SubmitEvent} */ (event).submitter);
    });
    body.addEventListener("change", (event) => {
      const chosen = /** @type {HTMLInputElement} */ (event.target);
      if (!chosen.matches("[data-candidate]")) return;
      const said = new FormData();
      said.set("candidate", chosen.value);
      said.set("query", chosen.dataset.query ?? "");
      this.#draw(chosen, chosen.dataset.candidate ?? "", said, `[value="${chosen.value}"]`);
    });
    body.addEventListener("click", (event) => {
      const line = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-insert]"));
      if (line) this.told.insert(line.dataset.insert ?? "");
    });
  }

  /** @param {HTMLFormElement} form @param {HTMLElement|null} button */
  async #send(form, button) {
    const said = new FormData(form, button);
    for (const field of form.querySelectorAll("[data-secret]")) /** @type {HTMLInputElement} */ (field).value = "";
    button?.setAttribute("aria-busy", "true");
    const address = button?.getAttribute("formaction") ?? form.action;
    await this.#draw(form, address, said, form.dataset.focus ?? "");
    button?.removeAttribute("aria-busy");
  }

  /** @param {HTMLElement} from @param {string} address @param {FormData} said @param {string} focus */
  async #draw(from, address, said, focus) {
    const panel = from.closest("[data-identity]");
    const headers = { "X-CSRFToken": csrf(), "HX-Request": "true" };
    const response = await fetch(address, { method: "POST", headers, body: said }).catch(() => null);
    const isOurs = response?.headers.get("X-Panel") === "identity";
    if (!response || !isOurs || !panel) return alarm(t("not_done"));
    const drawn = new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
    if (response.headers.get("X-Settled")) this.told.settled();
    else if (drawn) this.#replace(panel, drawn, focus);
  }

  /** @param {Element} panel @param {Element} drawn @param {string} focus */
  #replace(panel, drawn, focus) {
    const open = [...panel.querySelectorAll("details[open]")].map((one) => one.id);
    panel.replaceWith(drawn);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    const wrong = drawn.querySelector("[aria-invalid=true], [data-problem]");
    /** @type {HTMLElement|null} */ (wrong ?? (focus ? drawn.querySelector(focus) : null))?.focus();
    const insert = /** @type {HTMLElement|null} */ (drawn.querySelector("[data-insert-now]"));
    if (insert) this.told.insert(insert.dataset.insert ?? "");
  }
}
