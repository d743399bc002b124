// @ts-check
/** What every page of the desk does: menus close by Esc or a click beside them, and the strip of pages shows where one is. */

document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) {
    if (!menu.contains(/** @type {Node} */ (target))) menu.open = false;
  }
  if (/** @type {Element} */ (target).closest("[data-commands]")) showCommands();
});

/** Ctrl K shows the commands; `/` leads to the search, in a field it is a letter. */
document.addEventListener("keydown", (event) => {
  const { key, code } = event;
  const held = event.ctrlKey || event.metaKey;
  if (key === "Escape") {
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
      event.preventDefault();
    }
  } else if (held && code === "KeyK") {
    event.preventDefault();
    showCommands();
  } else if (key === "/" && !held && !event.altKey && !event.defaultPrevented && !(/** @type {Element} */ (event.target).closest("input, textarea, select, dialog[open]"))) {
    const place = /** @type {HTMLElement|null} */ (document.querySelector("[role=search] [type=search]") ?? document.querySelector("[data-rail=search]"));
    place?.focus();
    place?.click();
    event.preventDefault();
  }
});

document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

function showCommands() {
  import("./commands.js").then((m) => m.open(), () => {}); // no network: the next press asks again
}

/** @returns {HTMLDetailsElement[]} */
function openMenus() {
  return [...document.querySelectorAll("details[data-menu][open]")];
}
