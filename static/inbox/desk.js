// @ts-check
/** What every page of the desk does: menus close by Esc or a click beside them, and the strip of pages shows where one is. */

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
    event.preventDefault();
  }
});

/** `/` leads to the search; in a field it is a letter. */
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
  const box = /** @type {HTMLElement|null} */ (document.querySelector('[role="search"] input[type="search"]'));
  const link = /** @type {HTMLElement|null} */ (document.querySelector('[data-rail="search"]'));
  if (!box && !link) return;
  event.preventDefault();
  if (box) box.focus();
  else link?.click();
});

document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

/** @returns {HTMLDetailsElement[]} */
function openMenus() {
  return [...document.querySelectorAll("details[data-menu][open]")];
}
