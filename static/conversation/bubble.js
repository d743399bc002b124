/** One message of the log as a node: the renderer that every page shares; element.js adds what files and colleagues need. */
import { fill, timeWords, words } from './words.js';

const LINK = /https?:\/\/[^\s<>"«»]+[^\s<>"«».,;:!?)]|‹[^‹›]+›/g;

/** A copy of one part of `<template id="conversation-public|staff">`. */
export const piece = (template, name) => template.content.querySelector(`[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
/** The empty log with its announcers, which must stand before they speak. */
export const shell = (template) => template.content.querySelector('[data-part="shell"]').content.cloneNode(true);
export const part = (node, name) => node.querySelector(`[data-part="${name}"]`);

/** `tick`: pending, sent or read; anything else shows none. */
export function bubble(template, { kind, body, redacted, created_at: at }, { own, name, tick }) {
  const node = piece(template, kind === 'note' ? 'note' : own ? 'own' : 'in');
  part(node, 'author').textContent = fill(words.author, { name });
  const time = part(node, 'time'), mark = part(node, 'tick'), label = words[`tick_${tick}`];
  time.dateTime = at;
  time.textContent = timeWords(at);
  if (body || redacted) linkify(template, part(node, 'body'), redacted ? words.redacted : body);
  else part(node, 'bubble').remove();
  if (mark && label) {
    mark.setAttribute('aria-label', label);
    mark.dataset.tick = tick;
    mark.append(piece(template, `tick-${tick}`));
  } else mark?.remove();
  return node;
}

function linkify(template, node, text) {
  let from = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    node.append(text.slice(from, index), found[0] === '‹' ? mark(template, found) : link(found));
    from = index + found.length;
  }
  node.append(text.slice(from));
}

const link = (address) => Object.assign(document.createElement('a'), { href: address, target: '_blank', rel: 'noopener noreferrer nofollow', textContent: address });

/** What stands where the letter had a link: only its reader ever got the address. */
function mark(template, found) {
  if (!words.marks?.[found]) return found;
  const chip = piece(template, 'mark');
  chip.append(words.marks[found]);
  return chip;
}
