// @ts-check
/** The eye beside a password field: shows what was typed, and hides it again before the form leaves. */

for (const eye of document.querySelectorAll("button[data-show]")) {
  const button = /** @type {HTMLButtonElement} */ (eye);
  const field = document.getElementById(button.dataset.show ?? "");
  if (!(field instanceof HTMLInputElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => show(field, button, field.type === "password"));
  field.form?.addEventListener("submit", () => show(field, button, false));
}

/**
 * @param {HTMLInputElement} field
 * @param {HTMLButtonElement} button
 * @param {boolean} visible
 */
function show(field, button, visible) {
  field.type = visible ? "text" : "password";
  button.setAttribute("aria-pressed", String(visible));
}
