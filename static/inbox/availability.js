// @ts-check
/** What the agent says of themselves: on the line, on a break, away and why. */

import { ask } from "./api.js";
import { attempt } from "./decisions.js";
import { find, h, say } from "./dom.js";
import { t } from "./words.js";

export class Availability {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.menu = /** @type {HTMLDetailsElement} */ (find("[data-availability]"));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.menu.querySelectorAll("[data-state]"))) {
      button.addEventListener("click", () => this.choose(button.dataset.state ?? "", button.dataset.reason ?? ""));
    }
    find("[data-slots]").addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-back-on-line]")) this.choose("available", "");
    });
    this.#offerNotifications(find("[data-notifications]", this.menu));
    store.addEventListener("change", () => this.#draw());
  }

  /** @param {string} state @param {string} reason */
  async choose(state, reason) {
    this.menu.open = false;
    await attempt(() => ask("PUT", "availability", { state, reason }));
    await this.store.refresh();
  }

  #draw() {
    const me = this.store.snapshot?.me;
    if (!me) return;
    const available = me.availability === "available";
    const summary = find(".status", this.menu);
    summary.classList.toggle("status--off", !available);
    find(".dot", summary).className = `dot ${available ? "dot--ok" : "dot--warn"}`;
    const chosen = this.menu.querySelector(`[data-state="${me.availability}"][data-reason="${CSS.escape(me.reason)}"]`);
    const words = chosen?.textContent?.trim() || t(`state_${me.availability}`);
    say(find("[data-availability-words]"), words);
    for (const button of this.menu.querySelectorAll("[data-state]")) button.setAttribute("aria-current", String(button === chosen));
    document.querySelector("[data-availability-dot]")?.setAttribute("class", `dot ${available ? "dot--ok" : "dot--warn"}`);
  }

  /** @param {HTMLElement} button */
  #offerNotifications(button) {
    if (!("Notification" in window) || Notification.permission !== "default") return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      this.menu.open = false;
      button.hidden = (await Notification.requestPermission()) !== "default";
    });
  }
}

/** An empty place of an agent who is not on the line offers the way back. @param {HTMLElement} node @param {boolean} available */
export function emptyWords(node, available) {
  const key = available ? "free" : "closed";
  if (node.dataset.said === key) return;
  node.dataset.said = key;
  if (available) node.replaceChildren(t("place_free"));
  else node.replaceChildren(`${t("place_closed")} `, h("button", { class: "lnk", type: "button", "data-back-on-line": "" }, t("back_on_line")));
}
