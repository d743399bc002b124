// The editor of a standard: weights as they are typed, criteria moved by keys or dragging, what is written kept by itself.
// Without this script every button still works: each sends the whole form.

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-draft]"));
const list = /** @type {HTMLOListElement} */ (form.querySelector("[data-rows]"));
const status = /** @type {HTMLElement} */ (form.querySelector("[data-saved]"));
const PAUSE = 1500; // milliseconds after the last keystroke
let isDirty = false;
let isSending = false;
let timer = 0;

/** @param {Element} row */
const weightOf = (row) => Number(/** @type {HTMLInputElement} */ (row.querySelector("[data-weight]")).value) || 0;

function sum() {
  let total = 0;
  let section = null;
  const sums = new Map();
  for (const row of list.children) {
    if (row.matches("[data-section]")) section = row;
    else {
      total += weightOf(row);
      sums.set(section, (sums.get(section) ?? 0) + weightOf(row));
    }
  }
  for (const row of list.querySelectorAll("[data-section]")) {
    row.querySelector("[data-section-weight]").textContent = String(sums.get(row) ?? 0);
  }
  const figure = form.querySelector("[data-total]");
  figure.textContent = String(total);
  figure.classList.toggle("danger-t", total !== 100);
}

function changed() {
  isDirty = true;
  sum();
  clearTimeout(timer);
  timer = window.setTimeout(keep, PAUSE);
}

/** Save without leaving the page; a refusal is said and everything stays as typed. */
async function keep() {
  if (isSending) { timer = window.setTimeout(keep, PAUSE); return; }
  isSending = true;
  isDirty = false;
  try {
    const body = new FormData(form);
    body.set("do", "save");
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    isDirty ||= !answer.ok;
    if (answer.ok) {
      /** @type {HTMLInputElement} */ (form.elements.namedItem("seen")).value = said.seen;
      status.textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) + " ✓";
      document.body.dispatchEvent(new CustomEvent("saved"));
    } else status.textContent = said.message;
  } catch {
    isDirty = true;
    timer = window.setTimeout(keep, 5 * PAUSE);
  } finally {
    isSending = false;
  }
}

/** @param {Element} row @param {number} step */
function move(row, step) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other || (step < 0 && other === list.firstElementChild)) return;
  if (step < 0) other.before(row); else other.after(row);
  changed();
}

list.addEventListener("keydown", (event) => {
  const grip = /** @type {HTMLElement} */ (event.target).closest("[data-grip]");
  if (!grip || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.code)) return;
  event.preventDefault();
  move(grip.closest("[data-criterion]"), event.code === "ArrowUp" ? -1 : 1);
  /** @type {HTMLElement} */ (grip).focus();
});

let dragged = null;
list.addEventListener("dragstart", (event) => {
  dragged = /** @type {HTMLElement} */ (event.target).closest("[data-criterion]");
  dragged?.classList.add("is-moving");
});
list.addEventListener("dragover", (event) => {
  const over = /** @type {HTMLElement} */ (event.target).closest("li");
  if (!dragged || !over) return;
  event.preventDefault();
  list.querySelectorAll(".is-over").forEach((row) => row.classList.remove("is-over"));
  over.classList.add("is-over");
});
list.addEventListener("drop", (event) => {
  const over = /** @type {HTMLElement} */ (event.target).closest("li");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  if (over === list.firstElementChild || over.matches("[data-section]")) over.after(dragged); else over.before(dragged);
  changed();
});
list.addEventListener("dragend", () => {
  list.querySelectorAll(".is-over, .is-moving").forEach((row) => row.classList.remove("is-over", "is-moving"));
  dragged = null;
});

form.addEventListener("input", changed);
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!isSending) { isDirty = false; return; }
  event.preventDefault(); // what is being saved has another fingerprint: wait for it
  while (isSending) await new Promise((done) => setTimeout(done, 50));
  form.requestSubmit(event.submitter);
});
window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
for (const other of document.querySelectorAll("form[data-confirm]")) {
  other.addEventListener("submit", (event) => {
    if (!window.confirm(/** @type {HTMLElement} */ (other).dataset.confirm)) event.preventDefault();
    else isDirty = false;
  });
}
sum();
