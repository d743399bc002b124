/**
 * What every composer needs, the widget's and the desk's.
 *   maskCards(text)                       card numbers (13–19 digits, Luhn) become •••• 1234
 *   sendsOn(event)                        whether this keydown sends: Enter without Shift, not while composing, never on touch
 *   grow(field, most)                     the height of a text field where the browser cannot do it alone
 *   takeFiles(node, give)                 paste and drop anywhere over `node` → give(File[]); returns a function that stops it
 *   sendFiles(conn, conversation, files)  each checked, photos made smaller, uploaded with progress and posted as a message of its own
 * The heavy part (canvas, upload) is files.js, loaded with the first file.
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
  const paste = (event) => { const files = [...event.clipboardData?.files ?? []]; if (files.length) { event.preventDefault(); give(files); } };
  const over = (event) => { if (event.dataTransfer?.types.includes('Files')) event.preventDefault(); };
  const drop = (event) => { const files = [...event.dataTransfer?.files ?? []]; if (files.length) { event.preventDefault(); give(files); } };
  const pairs = [['paste', paste], ['dragover', over], ['drop', drop]];
  for (const [name, listen] of pairs) node.addEventListener(name, listen);
  return () => { for (const [name, listen] of pairs) node.removeEventListener(name, listen); };
}

export async function sendFiles(conn, conversation, files, headers) {
  const module = await import('./files.js');
  return module.sendFiles(conn, conversation, [...files], headers);
}
