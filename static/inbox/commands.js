// @ts-check
/** Ctrl K: whatever can be done from here, found by a few letters; a command presses what stands on the page already. */

import { drawn } from "./api.js";
import { find, h } from "./dom.js";

/** @typedef {{words: string, group: string, keys: string, element: HTMLElement}} Command */

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё";
const SOURCES = {
  chats: ".places a[data-ticket]",
  acts: "[data-head] [data-act], [data-composer] .modes [aria-pressed='false'], [data-composer] .box__bar .ib, [data-context-body] select[data-topic]",
  status: "[data-state], [data-sound-switch]",
  pages: ".rail a[href], .places .phead a[href], dialog [data-pages] a[href]",
};

/** @type {HTMLDialogElement|null} */
let dialog = null;
/** @type {Command[]} */
let commands = [];
/** @type {Command[]} */
let listed = [];
let at = 0;

/** Show all commands of this moment; nothing where another question is open. */
export async function open() {
  dialog ??= await made();
  if (!dialog || document.querySelector("dialog[open]")) return;
  commands = gathered();
  field().value = "";
  list();
  dialog.showModal();
}

/** @returns {Promise<HTMLDialogElement|null>} */
async function made() {
  const parts = await drawn("GET", "/commands/");
  const element = /** @type {HTMLDialogElement|undefined} */ (parts?.find((part) => part instanceof HTMLDialogElement));
  if (!element) return null;
  document.body.append(element);
  element.addEventListener("input", list);
  element.addEventListener("keydown", pressed);
  element.addEventListener("click", (event) => {
    const place = [...options()].indexOf(/** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest("[role=option]")));
    if (place >= 0) run(listed[place]);
    else if (event.target === element) element.close();
  });
  return element;
}

const field = () => /** @type {HTMLInputElement} */ (find("[data-commands-field]"));
const options = () => /** @type {HTMLElement} */ (dialog).querySelectorAll("[role=option]");

/** @returns {Command[]} each once, in the order of the page */
function gathered() {
  const found = new Map();
  for (const [group, selector] of Object.entries(SOURCES)) {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector))) {
      const words = named(element);
      const key = element.dataset.act ?? element.getAttribute("href") ?? words;
      const keys = chord(element) || found.get(key)?.keys || "";
      if (words && isOffered(element)) found.set(key, { words, group, keys, element, ...found.get(key), ...(keys && { keys }) });
    }
  }
  return [...found.values()];
}

/** What a closed menu holds can be done; what the page hides for now, or for this width, cannot. @param {HTMLElement} element */
function isOffered(element) {
  if (element.matches(":disabled, [aria-current]:not([aria-current='false'])")) return false;
  if (element.closest("dialog")) return true;
  return !element.closest("[hidden]") && (Boolean(element.closest("details")) || element.checkVisibility());
}

/** @param {HTMLElement} element */
function named(element) {
  const name = element.querySelector(".slot__name, .ell")?.textContent;
  const said = element.closest(".modes, .pop") ? "" : element.getAttribute("aria-label");
  const own = element instanceof HTMLSelectElement ? element.labels[0]?.firstElementChild?.textContent?.replace(/:$/, "") : "";
  return (name || said || own || [...element.childNodes].filter((node) => !(node instanceof Element && node.matches("kbd"))).map((node) => node.textContent).join("")).trim();
}

/** `Alt T`, from the title of a button or the shortcut of a place. @param {HTMLElement} element */
function chord(element) {
  const shortcut = element.getAttribute("aria-keyshortcuts")?.replace("+", " ");
  return shortcut ?? element.title.match(/(?:Alt \S+|\/)$/)?.[0] ?? element.querySelector("kbd")?.textContent ?? "";
}

/** What was typed, and what it would be on the other layout. @param {string} typed */
function readings(typed) {
  const plain = folded(typed);
  const swapped = [...plain].map((letter) => RUSSIAN[LATIN.indexOf(letter)] ?? LATIN[RUSSIAN.indexOf(letter)] ?? letter).join("");
  return [plain, folded(swapped)].map((text) => text.split(/\s+/).filter(Boolean));
}

/** @param {string} text */
const folded = (text) => text.toLowerCase().replaceAll("ё", "е");

/** Those that begin with what was typed come first. @param {string} typed */
function fitting(typed) {
  const ways = readings(typed);
  const fits = (/** @type {(words: string, part: string) => boolean} */ test) => commands.filter(({ words }) => ways.some((parts) => parts.every((part) => test(folded(words), part))));
  return [...new Set([...fits((words, part) => ` ${words}`.includes(` ${part}`)), ...fits((words, part) => words.includes(part))])];
}

function list() {
  const typed = field().value.trim();
  listed = typed ? fitting(typed) : commands;
  listed = Object.keys(SOURCES).flatMap((group) => listed.filter((one) => one.group === group));
  const parts = Object.keys(SOURCES).map((group) => drawnGroup(group));
  if (typed) {
    const words = (dialog?.dataset.search ?? "").replace("{text}", typed);
    listed.push({ words, group: "search", keys: "", element: h("a", { href: `/search/?${new URLSearchParams({ query: typed })}` }) });
    parts.push(option(listed.length - 1));
  }
  find("[data-commands-list]").replaceChildren(.../** @type {Node[]} */ (parts.filter(Boolean)));
  mark(0);
}

/** @param {string} group */
function drawnGroup(group) {
  const places = listed.flatMap((one, place) => (one.group === group ? [place] : []));
  if (!places.length) return null;
  const id = `commands-${group}`;
  return h("div", { role: "group", "aria-labelledby": id }, h("p", { class: "eyebrow px8 mt8", id }, dialog?.dataset[group] ?? ""), ...places.map(option));
}

/** @param {number} place */
function option(place) {
  const { words, keys } = listed[place];
  return h("div", { class: "menu__i", role: "option", id: `command-${place}` }, h("span", { class: "ell" }, words), keys && h("kbd", { class: "kbd end" }, keys));
}

/** @param {number} place */
function mark(place) {
  at = place;
  for (const [n, element] of [...options()].entries()) {
    element.classList.toggle("is-act", n === at);
    element.setAttribute("aria-selected", String(n === at));
    if (n === at) element.scrollIntoView({ block: "nearest" });
  }
  field().setAttribute("aria-activedescendant", listed.length ? `command-${at}` : "");
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.isComposing) return;
  const last = listed.length - 1;
  const moves = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at ? at - 1 : last };
  if (event.key in moves) mark(moves[/** @type {keyof typeof moves} */ (event.key)]);
  else if (event.key === "Enter") run(listed[at]);
  else return;
  event.preventDefault();
}

/** @param {Command|undefined} command */
function run(command) {
  if (!command) return;
  dialog?.close();
  if (command.element instanceof HTMLSelectElement) command.element.focus();
  else command.element.click();
}
