// The operations page says when its figures are old: the desk did not answer the last time it was asked.

const banner = document.querySelector("[data-stale]");

/** @param {boolean} isStale */
const show = (isStale) => {
  if (banner) banner.hidden = !isStale;
};

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => show(true));
}
document.body.addEventListener("htmx:afterSwap", () => show(false));
