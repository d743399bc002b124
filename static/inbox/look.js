// @ts-check
/** A supervisor reads along: the same transcript, live; they may leave a note that only staff see. */

import { Company } from "./company.js";
import { find } from "./dom.js";
import { Mentions } from "./mentions.js";
import "./named.js";
import { Past, readingConnection } from "./past.js";
import { People } from "./people.js";

const page = find("[data-look]");
const connection = readingConnection(page.dataset.me ?? "", (frame) => {
  company.taken(frame);
  mentions.taken(frame);
});
const company = new Company(connection);
const transcript = /** @type {any} */ (find("support-conversation"));
const mentions = new Mentions("supervise", () => transcript.getAttribute("conversation"));
const form = /** @type {HTMLFormElement} */ (find("[data-note]"));
const field = /** @type {HTMLTextAreaElement} */ (find("#note"));
const people = new People(field);
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

field.addEventListener("input", () => people.typed(transcript.getAttribute("conversation")));

field.addEventListener("keydown", (event) => {
  if (event.isComposing || people.key(event) || event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const item = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-past-conversation]"));
  if (item) past.open(item);
});
