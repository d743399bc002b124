/** What the modules of the widget share: the marked nodes of the page, its words, the desk's hours in words. */
import { fill, plural, timeWords } from '../conversation/words.js';
import { config } from './page.js';

export const text = JSON.parse(document.getElementById('widget-words').textContent);
export const refs = Object.fromEntries([...document.querySelectorAll('[data-ref]')].map((node) => [node.dataset.ref, node]));
export const language = document.documentElement.lang;
export const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
export const isPhone = () => document.documentElement.hasAttribute('data-full');

let dressed = null;

/** The style of all but the first screen and the first message; these modules are fetched beside it. */
export function dress(modules = []) {
  const fetched = (rel, href) => new Promise((done) => { document.head.append(Object.assign(document.createElement('link'), { rel, href, onload: done, onerror: done })); });
  for (const module of modules) fetched('modulepreload', module);
  dressed ??= Promise.all(config.sheets.map((sheet) => fetched('stylesheet', sheet)));
  return dressed;
}

export function availability(desk) {
  if (!desk.open) return offTitle(desk);
  const wait = desk.expected_wait;
  if (desk.agents_available === 0) return text.busy;
  if (wait == null) return text.online;
  if (wait <= 60) return text.online_soon;
  return wait <= 120 ? text.online_wait : plural(text.online_later, Math.ceil(wait / 60));
}

/** «сегодня», «завтра», «в среду»: days until the desk opens, by the borrower's clock. */
function opening(desk) {
  const at = new Date(desk.opens_at), ago = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400_000);
  return { time: timeWords(desk.opens_at).replace(/^0/, ''), day: [text.day_today, text.day_tomorrow][ago] ?? text.weekdays[at.getDay()], ago };
}

export function offTitle(desk) {
  if (!desk.opens_at) return text.off_closed;
  const when = opening(desk);
  return fill(when.ago < 2 ? text.off_title : text.off_title_day, when);
}

export const offHead = (desk) => (desk.opens_at ? fill(text.off_head, opening(desk)) : text.off_closed);
