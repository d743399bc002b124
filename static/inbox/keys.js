// @ts-check
/** The keyboard map, by the key's place on the board, so that it is the same in every layout. */

/**
 * @typedef {Record<string, (event: KeyboardEvent) => void>} Map  `Alt+Digit1`, `Control+Slash`, `Escape`
 * @param {Map} map
 */
export function listen(map) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || event.defaultPrevented || dialogOpen()) return;
    const act = map[chord(event)];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
}

/** AltGr types letters and is no command. @param {KeyboardEvent} event */
export function chord(event) {
  if (event.getModifierState("AltGraph")) return "";
  const code = event.code.replace(/^Numpad(?=\d)/, "Digit");
  return [event.ctrlKey && "Control", event.altKey && "Alt", event.shiftKey && "Shift", event.metaKey && "Meta", code].filter(Boolean).join("+");
}

const dialogOpen = () => Boolean(document.querySelector("dialog[open]"));
