// @ts-check
/** The shift's page hears what is for this person while it is open. */

import { find } from "./dom.js";
import { Mentions } from "./mentions.js";
import { readingConnection } from "./past.js";

const mentions = new Mentions("supervise");
readingConnection(/** @type {HTMLElement} */ (find("[data-shift]")).dataset.me ?? "", (frame) => mentions.taken(frame));
