/**
 * What every composer needs, the widget's and the desk's.
 *   maskCards(text)                       card numbers (13–19 digits, Luhn) become •••• 1234
 *   sendsOn(event)                        whether this keydown sends: Enter without Shift, not while composing, never on touch
 *   grow(field, most)                     the height of a text field where the browser cannot do it alone
 *   takeFiles(node, give)                 paste and drop anywhere over `node` → give(File[])
 * The heavy part of files (canvas, upload) is files.js, loaded with the first one.
 */
const CARD = /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g;
const touch = matchMedia('(pointer: coarse)');

export const isTouch = () => touch.matches;

function luhn(digits) {
  let sum = 0;
  [...digits].reverse().forEach((digit, at) => { const n = digit * (at % 2 ? 2 : 1); sum += n > 9 ? n - 9 : n; });
  return sum % 10 === 0;
}

export const maskCards = (text) => text.replace(CARD, (found) => {
  const digits = found.replace(/\D/g, '');
  return luhn(digits) ? `•••• ${digits.slice(-4)}` : found;
});

export const sendsOn = (event) => event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229 && !isTouch();

export function grow(field, most = 132) {
  if (CSS.supports('field-sizing: content')) return;
  field.style.setProperty('height', 'auto');
  field.style.setProperty('height', `${Math.min(field.scrollHeight, most)}px`);
}

export function takeFiles(node, give) {
  const take = (event) => {
    const files = [...(event.clipboardData ?? event.dataTransfer)?.files ?? []];
    if (files.length) { event.preventDefault(); give(files); }
  };
  for (const name of ['paste', 'drop']) node.addEventListener(name, take);
  node.addEventListener('dragover', (event) => { if (event.dataTransfer?.types.includes('Files')) event.preventDefault(); });
}
