// @ts-check
/** The search page by the keyboard: arrows go from the box through the results and back; Enter opens. */

const box = /** @type {HTMLInputElement} */ (document.getElementById("query"));
if (!box.value) box.focus();

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [box, .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-hits] a"))];
  const at = stops.findIndex((one) => one === document.activeElement);
  if (at < 0) return;
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
