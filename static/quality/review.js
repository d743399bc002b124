// The review page: J and K or the arrows move between criteria, 1–9, 0 and N answer the open one, and evidence and
// criteria find each other. Without this script everything is still there: criteria open by themselves, links lead by anchor.

const card = document.querySelector("[data-card]");
const transcript = document.querySelector("[data-transcript]");
const rows = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll("[data-criterion-row]")]);
const KEYS = { KeyJ: 1, KeyK: -1, ArrowDown: 1, ArrowUp: -1 };

/** @param {string} code */
const answerKey = (code) => (code === "KeyN" ? "0" : /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1]);

/** @param {string} number */
const rowOf = (number) => rows.find((row) => row.dataset.criterionRow === number);

/** Every mark and pause a criterion rests on. @param {string} number */
const evidenceOf = (number) =>
  /** @type {HTMLElement[]} */ ([...transcript.querySelectorAll("[data-criteria]")]).filter((mark) =>
    mark.dataset.criteria.trim().split(/\s+/).includes(number));

/** @param {string} number */
function light(number) {
  transcript.querySelectorAll(".is-on, .is-focus").forEach((node) => node.classList.remove("is-on", "is-focus"));
  evidenceOf(number).forEach((mark) => {
    mark.classList.add(mark.matches("mark") ? "is-on" : "is-focus");
    mark.closest(".tl2")?.classList.add("is-focus");
  });
}

/** Open one criterion, close the others, light its evidence. @param {HTMLDetailsElement} row */
function open(row) {
  for (const other of rows) other.open = other === row;
  light(row.dataset.criterionRow);
}

/** @param {HTMLDetailsElement} row */
function goTo(row) {
  open(row);
  row.querySelector("summary").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  evidenceOf(row.dataset.criterionRow)[0]?.scrollIntoView({ block: "center" });
}

/** @param {number} step */
function move(step) {
  const at = rows.findIndex((row) => row.open);
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (next) goTo(next);
}

/** The open criterion; where the others have not closed yet, the one that was just pressed. */
const openRow = () => rows.find((row) => row.open && row.contains(document.activeElement)) ?? rows.find((row) => row.open);

/** @param {string} key */
function rate(key) {
  const row = openRow();
  const field = /** @type {HTMLInputElement | null} */ (row?.querySelector(`[data-key="${key}"]`));
  if (!field || field.disabled) return;
  field.checked = true;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true })); // as a press on it would
}

/** Whether the person is writing rather than commanding. @param {EventTarget | null} target */
const isWriting = (target) => target instanceof HTMLElement && target.matches("textarea, select, input:not([type=radio])");

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.code === "Enter") {
    document.querySelector("[data-submit]")?.closest("form").requestSubmit();
    return;
  }
  if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!card.contains(/** @type {Node} */ (event.target))) return;
  if (event.code.startsWith("Arrow") && event.target instanceof HTMLInputElement) return; // between the answers
  if (event.code in KEYS) move(KEYS[event.code]);
  else if (answerKey(event.code)) rate(answerKey(event.code));
  else if (event.code === "KeyC") openRow()?.querySelector("textarea")?.focus();
  else return;
  event.preventDefault();
});

for (const row of rows) {
  row.addEventListener("toggle", () => { if (row.open) open(row); });
}

// What is missing is shown: its criterion opens.
document.addEventListener("invalid", (event) => {
  const row = /** @type {HTMLElement} */ (event.target).closest("[data-criterion-row]");
  if (row) open(/** @type {HTMLDetailsElement} */ (row));
}, true);

document.addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest?.("[data-criterion], [data-evidence]");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.criterion) {
    goTo(rowOf(link.dataset.criterion));
    return;
  }
  light(link.dataset.evidence);
  const line = document.querySelector(link.getAttribute("href"));
  line?.scrollIntoView({ block: "center" });
});

const named = /^#criterion-(\d+)$/.exec(location.hash);
const first = (named && rowOf(named[1])) || rows.find((row) => row.matches(".cr-d--waits") || row.querySelector(".vd--bad")) || rows[0];
if (first) {
  open(first);
  if (!named && matchMedia("(min-width: 900px)").matches) first.querySelector("summary").focus({ preventScroll: true });
}
