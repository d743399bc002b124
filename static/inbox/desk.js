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

document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

/** @returns {HTMLDetailsElement[]} */
function openMenus() {
  return [...document.querySelectorAll("details[data-menu][open]")];
}
