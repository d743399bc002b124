// @ts-check
/** Names that a note mentions stand out in the transcripts of the desk; the widget has no notes and carries none of this. */

import { SupportConversation } from "../conversation/element.js";
import { h } from "./dom.js";

/** @type {any} */ (SupportConversation.prototype).dress = (/** @type {HTMLElement} */ body, /** @type {string[]|undefined} */ named) => {
  if (!named) return;
  const longest = [...named].sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const spots = new RegExp(`(?<![\\p{L}\\p{N}_])(@(?:${longest.join("|")}))(?![\\p{L}\\p{N}_])`, "u");
  for (const node of [...body.childNodes]) {
    if (!(node instanceof Text)) continue;
    node.replaceWith(...node.data.split(spots).map((piece, at) => (at % 2 ? h("b", { class: "at" }, piece) : piece)));
  }
};
