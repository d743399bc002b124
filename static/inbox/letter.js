// @ts-check
/** A letter in the transcript: a sheet with its sender, its files and its folded history, and a look at it as it was sent.
 * The widget has no letters of this form and carries none of this. */

import { SupportConversation } from "../conversation/element.js";
import { momentWords, sizeWords } from "../conversation/phrases.js";
import { h, icon } from "./dom.js";
import { t } from "./words.js";

const TONES = 6;
const PIECES = "allow-popups allow-popups-to-escape-sandbox";
const SIGNED = /\+\d+\.[a-z0-9.]{16,}@/; // our own signature in the address that a reply goes to
const MASKED = /(••••(?:[  ]?\d{4})?|(?:•[  ]?){4,})/u;

/** @param {HTMLElement} node @param {any} entry */
export function sheet(node, entry) {
  const about = entry.data;
  if ((!about?.letter && !about?.from) || entry.redacted) return;
  const third = entry.kind === "note" && (about.third_party || about.class === "human");
  if (entry.kind === "note" && !third) return machine(node, about);
  const body = /** @type {HTMLElement|null} */ (node.querySelector('[data-part="body"]'));
  const said = h("p", { class: "vh" }, `${entry.author.name}:`);
  if (body) markMasked(body);
  for (const file of node.querySelectorAll("[data-file]")) file.remove();
  node.className = third ? "msg mail mail--third" : "msg mail";
  node.replaceChildren(
    head(entry, about),
    ...(third ? [stranger(about)] : []),
    h("div", { class: "mail__b" }, said, body),
    ...(entry.attachments.length ? [h("div", { class: "mail__a" }, ...entry.attachments.map(tile))] : []),
    ...refused(about),
    h("div", { class: "mail__f" }, about.trimmed && fold(about.trimmed), about.letter && about.has_html !== false && !about.unreadable && asSent(about)),
  );
}

/** @type {any} */ (SupportConversation.prototype).letter = sheet;

/** @param {any} entry @param {any} about */
function head(entry, about) {
  const name = about.from ? entry.author.name.replace(` <${about.from}>`, "") : entry.author.name;
  const tone = ([...String(about.from || name)].reduce((sum, one) => sum + (one.codePointAt(0) ?? 0), 0) % TONES) + 1;
  const time = h("time", { class: "s13 t3 nb", datetime: entry.created_at }, momentWords(entry.created_at));
  return h("header", { class: "mail__h" },
    h("span", { class: `av av--${tone}`, "aria-hidden": "true" }, initials(name)),
    h("div", { class: "col c0" },
      h("span", { class: "row mail__who" }, h("b", { class: "ell" }, name), about.from && about.from !== name && h("span", { class: "t2 s13 ell" }, about.from)),
      h("span", { class: "s12 t3 mail__to" }, recipients(about))),
    time);
}

/** @param {any} about */
function recipients({ to = [], cc = [] }) {
  const names = (/** @type {string[]} */ all) => [...new Set(all.map((one) => one.replace(SIGNED, "@")))].join(", ");
  const line = to.length ? t("letter_to", { names: names(to) }) : "";
  return cc.length ? `${line} · ${t("letter_cc", { names: names(cc) })}` : line;
}

/** @param {string} name */
function initials(name) {
  const words = name.split(/[\s@.]+/).filter((word) => /^\p{L}/u.test(word));
  return words.slice(0, 2).map((word) => word.charAt(0).toUpperCase()).join("") || "@";
}

/** A machine wrote this beside the conversation: it stays a note, and says what it is. @param {HTMLElement} node @param {any} about */
function machine(node, about) {
  const words = t({ bounce: "letter_bounce", bulk: "letter_bulk" }[/** @type {string} */ (about.class)] ?? "letter_auto");
  node.querySelector('[data-part="bubble"]')?.before(h("p", {}, h("b", {}, words)));
  if (about.trimmed) node.lastElementChild?.append(fold(about.trimmed));
}

/** @param {any} about */
function stranger(about) {
  return h("div", { class: "banner banner--warn mail__third" }, icon("shield-q"),
    h("p", { class: "grow" }, h("b", {}, t("third_party")), " ", t("third_party_more")),
    h("span", { class: "row", "data-third-acts": about.letter }));
}

/** The quoted history, closed until it is wanted. @param {string} text */
function fold(text) {
  return h("details", { class: "fold" }, h("summary", {}, t("quoted")), h("p", {}, text));
}

/** @param {any} file */
function tile(file) {
  const isImage = file.content_type.startsWith("image/");
  const kind = isImage ? t("picture") : (file.name.split(".").pop() ?? "").toUpperCase().slice(0, 8);
  return h("a", { class: "att", href: "#", "data-file": file.id, "aria-label": t("open_file", { name: file.name }) },
    h("span", { class: "att__i" }, icon(isImage ? "image" : "file", "i--18")),
    h("span", { class: "grow" }, h("b", { class: "ell" }, file.name), h("span", { class: "s12 num" }, `${kind} · ${sizeWords(file.size)}`)));
}

/** Files that the desk does not take are named; their bytes are in the letter as it came. @param {any} about */
function refused(about) {
  const names = about.files_refused ?? [];
  return names.length ? [h("p", { class: "mail__n s13 t2" }, t("files_refused", { names: names.join(", ") }))] : [];
}

/** The letter as its sender made it, in a frame that can do nothing. @param {any} about */
function asSent(about) {
  const address = `/letters/${about.letter}/html/`;
  const place = h("div", { class: "mail__s", hidden: true });
  const frame = h("iframe", { class: "mail__html", sandbox: PIECES, title: t("as_sent_title"), referrerpolicy: "no-referrer", loading: "lazy" });
  const pictures = h("button", { class: "btn btn--sm", type: "button", click: () => {
    frame.setAttribute("src", `${address}?pictures=yes`);
    pictures.replaceWith(h("span", { class: "s12 t3" }, t("pictures_shown")));
  } }, icon("image"), t("show_pictures", { n: about.pictures ?? 0 }));
  const mayShow = about.pictures && document.querySelector("[data-pictures]");
  const blocked = about.pictures && !mayShow && h("span", { class: "s12 t3" }, t("pictures_off"));
  place.append(h("div", { class: "row mail__sb" }, mayShow && pictures, blocked || "", h("a", { class: "s12 end", href: address, target: "_blank", rel: "noopener" }, t("own_page"))), frame);
  const button = h("button", { class: "lnk mail__as", type: "button", "aria-expanded": "false", click: () => {
    const open = place.hidden;
    if (open && !frame.hasAttribute("src")) frame.setAttribute("src", address);
    place.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  } }, t("as_sent"));
  return h("div", { class: "mail__as-w" }, button, place);
}

/** Masked digits look like what they are. @param {HTMLElement} body */
function markMasked(body) {
  for (const node of [...body.childNodes]) {
    if (!(node instanceof Text) || !MASKED.test(node.data)) continue;
    node.replaceWith(...node.data.split(MASKED).map((piece, at) => (at % 2 ? h("span", { class: "redact", title: t("masked") }, piece) : piece)));
  }
}
