// @ts-check
// The reviewer's workspace: words of the transcript become evidence, what is typed is kept as a draft, time is counted.
// The server draws everything anew after each saving; without this script the card is an ordinary form.

const DELAY = 700; // ms of quiet before a draft is saved
const DIGITS = 600; // ms between the digits of a criterion's number
const IDLE = 60_000; // ms without a key or a movement: the time is not counted
const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-form]"));
const transcript = /** @type {HTMLElement} */ (document.querySelector("[data-transcript]"));
const said = /** @type {HTMLElement} */ (document.querySelector("[data-saved]"));
const start = JSON.parse(document.querySelector("#workspace").textContent);
const words = start.words;
const state = { review: start.review, edition: start.edition, dirty: new Set(), timer: 0, isSaving: false, isStale: false };

/** @param {string} text */
const say = (text) => { said.textContent = text; };

/** @typedef {{seq: number, start: number, end: number}} Span */

// What is typed

/** @param {Element} row */
const idOf = (row) => /** @type {HTMLElement} */ (row).dataset.criterionId;

/** @param {string} id */
const rowById = (id) => document.querySelector(`[data-criterion-id="${CSS.escape(id)}"]`);

/** @param {Element} row @returns {HTMLInputElement} */
const evidenceField = (row) => row.querySelector("[data-evidence-of]");

/** @param {Element} row */
function entryOf(row) {
  const chosen = /** @type {HTMLInputElement | null} */ (row.querySelector("[data-key]:checked"));
  const entry = { comment: row.querySelector("textarea").value, evidence: JSON.parse(evidenceField(row).value || "[]") };
  const cause = row.querySelector("select");
  return { ...entry, ...(chosen && { answer: chosen.value }), ...(cause && { cause: cause.value }) };
}

/** A failure asks for its cause, and of a grave criterion for a comment. @param {Element} row */
function demand(row) {
  const chosen = row.querySelector("[data-key]:checked");
  const fails = chosen?.hasAttribute("data-negative") ?? false;
  const cause = row.querySelector("select");
  if (cause) {
    cause.required = fails;
    /** @type {HTMLElement} */ (row.querySelector("[data-cause]")).hidden = !fails;
  }
  row.querySelector("textarea").required = fails && row.hasAttribute("data-proof");
}

/** @param {Element | null} row @param {number} [delay] */
function touch(row, delay = DELAY) {
  state.dirty.add(row ? idOf(row) : "");
  clearTimeout(state.timer);
  state.timer = window.setTimeout(save, delay);
}

// The draft

/** @param {string} method @param {string} path @param {object} body */
async function send(method, path, body) {
  const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrfmiddlewaretoken")).value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return fetch(`/api/v1/quality/${path}`, { method, headers, body: JSON.stringify(body) });
}

async function save() {
  if (state.isSaving || state.isStale || !state.dirty.size) return;
  state.isSaving = true;
  const dirty = [...state.dirty];
  state.dirty.clear();
  say(words.saving);
  const isKept = await keep(dirty).catch(() => false);
  state.isSaving = false;
  if (!isKept) dirty.forEach((id) => state.dirty.add(id));
  if (state.isStale) say(words.conflict);
  else if (isKept) {
    say(words.saved);
    await refresh();
  } else {
    say(words.offline);
    state.timer = window.setTimeout(save, 5000);
  }
  if (isKept && state.dirty.size) touch(null);
}

/** @param {string[]} dirty */
async function keep(dirty) {
  if (!state.review) {
    const opened = await send("POST", "reviews", { score: start.score });
    if (!opened.ok) return false;
    const review = await opened.json();
    Object.assign(state, { review: review.id, edition: review.edition });
  }
  const ratings = Object.fromEntries(dirty.filter(Boolean).map((id) => [id, entryOf(rowById(id))]));
  const comment = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("comment")).value;
  const body = { edition: state.edition, ratings, comment, seconds: clock.seconds };
  const answer = await send("PATCH", `reviews/${state.review}`, body);
  state.isStale = answer.status === 409;
  if (!answer.ok) return false;
  state.edition = (await answer.json()).edition;
  return true;
}

/** Put in what the server draws of the same page now. */
async function refresh() {
  const answer = await fetch(location.pathname + location.search).catch(() => null);
  if (!answer?.ok || answer.redirected || state.dirty.size) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const node of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${/** @type {HTMLElement} */ (node).dataset.live}"]`);
    if (fresh) node.replaceChildren(...fresh.childNodes);
  }
  if (getSelection().isCollapsed) transcript.replaceChildren(...page.querySelector("[data-transcript]").childNodes);
  show();
}

// Evidence

/** Characters of a message before a place, as the server counts them; the numbers at marks are no words of it.
 * @param {Element} text @param {Node} node @param {number} offset */
function placeIn(text, node, offset) {
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(node, offset);
  const piece = range.cloneContents();
  piece.querySelectorAll("sup").forEach((number) => number.remove());
  return [...piece.textContent].length;
}

/** The selected words of the transcript, by message. @returns {Span[]} */
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return [];
  const range = selection.getRangeAt(0);
  const spans = [...transcript.querySelectorAll("[data-text]")].filter((text) => range.intersectsNode(text)).map((text) => {
    const holdsStart = text.contains(range.startContainer), holdsEnd = text.contains(range.endContainer);
    const from = holdsStart ? placeIn(text, range.startContainer, range.startOffset) : 0;
    const to = holdsEnd ? placeIn(text, range.endContainer, range.endOffset) : placeIn(text, text, text.childNodes.length);
    return { seq: Number(/** @type {HTMLElement} */ (text).dataset.text), start: from, end: to };
  });
  return spans.filter((span) => span.end > span.start);
}

/** @param {Element} row @param {Span[]} spans */
function attach(row, spans) {
  const field = evidenceField(row);
  const known = JSON.parse(field.value || "[]");
  const added = spans.filter((span) => !known.some((one) => one.seq === span.seq && one.start === span.start && one.end === span.end));
  field.value = JSON.stringify([...known, ...added]);
  getSelection().removeAllRanges();
  touch(row, 0);
  return added.length;
}

/** @param {string} number */
function attachTo(number) {
  const row = document.querySelector(`[data-criterion-row="${CSS.escape(number)}"]`);
  const spans = selected();
  if (!row) say(words.no_criterion.replace("%s", number));
  else if (!spans.length) say(words.select);
  else {
    attach(row, spans);
    for (const other of document.querySelectorAll("[data-criterion-row]")) /** @type {HTMLDetailsElement} */ (other).open = other === row;
    say(words.attached.replace("%s", number));
  }
}

const typed = { digits: "", timer: 0 };

/** Digits while words are selected are a criterion's number. @param {string} digit */
function dial(digit) {
  clearTimeout(typed.timer);
  typed.digits += digit;
  const numbers = [...document.querySelectorAll("[data-criterion-row]")].map((row) => /** @type {HTMLElement} */ (row).dataset.criterionRow);
  const mayGoOn = numbers.some((number) => number !== typed.digits && number.startsWith(typed.digits));
  typed.timer = window.setTimeout(() => {
    const number = typed.digits;
    typed.digits = "";
    attachTo(number);
  }, mayGoOn ? DIGITS : 0);
}

// Before review.js hears of it: with words selected digits do not rate.
document.addEventListener("keydown", (event) => {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (digit === undefined || !isPlain || /** @type {Element} */ (event.target).matches("textarea, select")) return;
  if (!typed.digits && !selected().length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  dial(digit);
}, true);

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-attach], [data-take], [data-detach]"));
  if (!button) return;
  const row = button.closest("[data-criterion-row]") ?? document.querySelector("[data-criterion-row][open]");
  if (!row) return;
  if (button.dataset.take) {
    const text = transcript.querySelector(`[data-text="${button.dataset.take}"]`);
    attach(row, [{ seq: Number(button.dataset.take), start: 0, end: placeIn(text, text, text.childNodes.length) }]);
  } else if (button.dataset.detach) {
    const field = evidenceField(row);
    field.value = JSON.stringify(JSON.parse(field.value).filter((_, place) => place !== Number(button.dataset.detach)));
    touch(row, 0);
  } else if (selected().length) attach(row, selected());
  else say(words.select);
});
// A press on the button must not take the selection away.
document.addEventListener("mousedown", (event) => {
  if (/** @type {Element} */ (event.target).closest("[data-attach]")) event.preventDefault();
});

form.addEventListener("input", (event) => touch(/** @type {Element} */ (event.target).closest("[data-criterion-row]")));
form.addEventListener("change", (event) => {
  const row = /** @type {Element} */ (event.target).closest("[data-criterion-row]");
  if (row) demand(row);
});
form.addEventListener("submit", () => {
  clearTimeout(state.timer);
  state.dirty.clear();
  /** @type {HTMLInputElement} */ (document.querySelector("[data-seconds]")).value = String(clock.seconds);
});
window.addEventListener("online", save);

// The time spent, while somebody is there

const clock = { seconds: Number(/** @type {HTMLInputElement} */ (document.querySelector("[data-seconds]")).value) || 0, last: Date.now() };
for (const sign of ["keydown", "pointermove", "scroll"]) document.addEventListener(sign, () => { clock.last = Date.now(); }, { capture: true, passive: true });

function tick() {
  if (document.visibilityState === "visible" && Date.now() - clock.last < IDLE) clock.seconds += 1;
  const shown = document.querySelector("[data-timer]");
  if (shown) shown.textContent = `${Math.floor(clock.seconds / 60)}:${String(clock.seconds % 60).padStart(2, "0")}`;
}
setInterval(tick, 1000);

function show() {
  document.querySelectorAll("[data-attach], [data-take], [data-detach]").forEach((button) => { /** @type {HTMLElement} */ (button).hidden = false; });
}
document.querySelectorAll("[data-criterion-row]").forEach(demand);
show();
tick();
