// @ts-check
/** A conversation of the past, opened from a timeline beside the page; to be read only. */

import { makeRequest } from "../conversation/browser.js";
import { Connection } from "../conversation/socket.js";
import { ask, csrf } from "./api.js";
import { find, h } from "./dom.js";
import "./named.js";

export class Past {
  /** @param {any} connection */
  constructor(connection) {
    this.connection = connection;
    this.dialog = /** @type {HTMLDialogElement} */ (find('[data-dialog="past"]'));
    find("[data-close]", this.dialog).addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => find("[data-past]").replaceChildren());
  }

  /** @param {HTMLElement} item */
  open(item) {
    const pane = /** @type {any} */ (h("support-conversation", { audience: "staff", readonly: true, conversation: item.dataset.pastConversation }));
    find("[data-past-title]").textContent = item.dataset.title ?? "";
    find("[data-past]").replaceChildren(pane);
    pane.connection = this.connection;
    this.dialog.showModal();
  }
}

/** A connection for a page that only reads. @param {string} id @param {(frame: any) => void} [frame] */
export function readingConnection(id, frame) {
  const request = makeRequest(() => ({ "X-CSRFToken": csrf() }));
  const ended = (/** @type {string} */ reason) => reason === "ended" && location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
  const connection = new Connection({ me: { kind: "staff", id }, request, on: { ended, frame } });
  connection.start();
  return connection;
}

const history = /** @type {HTMLElement|null} */ (document.querySelector("[data-history][data-me]"));
if (history) {
  const past = new Past(readingConnection(history.dataset.me ?? ""));
  history.addEventListener("click", (event) => {
    const item = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-past-conversation]"));
    if (item) past.open(item);
  });
}

const startChat = /** @type {HTMLElement|null} */ (document.querySelector("[data-start-chat]"));
startChat?.addEventListener("click", async () => {
  try {
    const { number } = await ask("POST", `borrowers/${startChat.dataset.startChat}/conversations`, { topic: "" });
    location.assign(`/inbox/${number}/`);
  } catch (error) {
    const problem = find("[data-start-problem]");
    problem.textContent = /** @type {Error} */ (error).message;
    problem.hidden = false;
  }
});
