// @ts-check
/** The list of tickets: all of a page at once, how many are chosen, and only the value that the deed needs. */

const deed = document.querySelector("[data-deed]");
if (deed instanceof HTMLSelectElement) begin(deed);

/** @param {HTMLSelectElement} select */
function begin(select) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("[name=numbers]")]);
  const all = /** @type {HTMLInputElement} */ (document.querySelector("[data-all]"));
  const told = /** @type {HTMLElement} */ (document.querySelector("[data-chosen]"));
  const button = /** @type {HTMLButtonElement} */ (document.querySelector("[data-do]"));
  const nothing = told.textContent;
  const language = document.documentElement.lang;
  let last = -1;

  const count = () => {
    const n = boxes.filter((box) => box.checked).length;
    told.textContent = n ? String(told.dataset[new Intl.PluralRules(language).select(n)] ?? told.dataset.other).replace("{n}", String(n)) : nothing;
    button.disabled = n === 0;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };
  const narrow = () => {
    for (const each of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-for]"))) {
      each.hidden = each.dataset.for !== select.value;
    }
  };

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  boxes.forEach((box, place) =>
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last >= 0) {
        for (const other of boxes.slice(Math.min(last, place), Math.max(last, place) + 1)) other.checked = box.checked;
      }
      last = place;
      count();
    }),
  );
  select.addEventListener("change", narrow);
  narrow();
  count();
}
