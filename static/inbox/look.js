// @ts-check
/** A supervisor reads along: the same transcript, live; they may leave a note that only staff see. */

import "../conversation/element.js";
import { Company } from "./company.js";
import { find } from "./dom.js";
import { Past, readingConnection } from "./past.js";

const page = find("[data-look]");
const connection = readingConnection(page.dataset.me ?? "", (frame) => company.taken(frame));
const company = new Company(connection);
const transcript = /** @type {any} */ (find("support-conversation"));
const form = /** @type {HTMLFormElement} */ (find("[data-note]"));
const field = /** @type {HTMLTextAreaElement} */ (find("#note"));
const past = new Past(connection);
transcript.connection = connection;
company.show(transcript.getAttribute("conversation"));
setInterval(() => company.tick(), 1000);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = field.value.trim();
  if (!body) return;
  connection.post(transcript.getAttribute("conversation"), { body, kind: "note", attachments: [] });
  field.value = "";
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const item = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-past-conversation]"));
  if (item) past.open(item);
});
