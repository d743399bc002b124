// @ts-check
/** Elements without markup strings: what people wrote only ever becomes text. */

const ICONS = new URL("../icons.svg", import.meta.url).pathname;
const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. Attributes that are functions become listeners; true is an empty attribute; null and false are none.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(.../** @type {(Node|string)[]} */ (children.filter((child) => child || child === "")));
  return element;
}

/** @param {Element} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name, value);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** @param {string} name @param {string} [css] @returns {SVGSVGElement} */
export function icon(name, css = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `i ${css}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A place's number in a ring; `turn(share, state)` moves the arc.
 * @param {number|string} number
 */
export function ring(number) {
  const element = h("span", { class: "ring ring--idle" });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 36 36");
  svg.setAttribute("aria-hidden", "true");
  const [back, arc] = ["ring__bg", "ring__arc"].map((name) => {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("class", name);
    for (const [key, value] of [["cx", "18"], ["cy", "18"], ["r", "15.75"]]) circle.setAttribute(key, value);
    return circle;
  });
  arc.setAttribute("pathLength", "100");
  svg.append(back);
  element.append(svg, h("span", { class: "ring__n", "aria-hidden": "true" }, String(number)));
  return {
    element,
    /** @param {number} share from 0 to 1 @param {string} state */
    turn(share, state) {
      const spent = Math.round(Math.max(0, Math.min(1, share)) * 100);
      element.className = `ring ring--${state}`;
      element.dataset.share = String(spent);
      if (spent) {
        arc.setAttribute("stroke-dasharray", `${spent} 100`);
        svg.append(arc);
      } else arc.remove();
    },
  };
}

/** Change a text only when it differs, so that nothing is announced or repainted for nothing.
 * @param {Element} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @template {Element} T @param {string} selector @param {ParentNode} [root] @returns {T} */
export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`no ${selector} on this page`);
  return /** @type {T} */ (element);
}
