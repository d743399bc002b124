/** The longer words of a conversation: days, sizes, durations, refusals, sentences about what happened. */
import { fill, lang, plural, timeWords, words } from './words.js';

export const dateWords = (when) => new Intl.DateTimeFormat(lang, {
  day: 'numeric', month: 'long', ...(when.getFullYear() !== new Date().getFullYear() && { year: 'numeric' }) }).format(when).replace(/\s?г\.$/, '');

const daysAgo = (when) => Math.round((new Date().setHours(0, 0, 0, 0) - new Date(when).setHours(0, 0, 0, 0)) / 86400_000);
export function dayWords(iso) {
  const when = new Date(iso);
  return [words.today, words.yesterday][daysAgo(when)] ?? dateWords(when);
}
/** «сегодня, 12:41», «14 августа». */
export function momentWords(iso) {
  const when = new Date(iso), ago = daysAgo(when);
  return ago < 2 ? `${[words.today, words.yesterday][ago].toLowerCase()}, ${timeWords(iso)}` : dateWords(when);
}

export function sizeWords(bytes) {
  const mega = bytes / 1048576;
  return mega >= 1 ? fill(words.megabytes, { n: mega.toLocaleString(lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 }) })
    : fill(words.kilobytes, { n: Math.max(1, Math.round(bytes / 1024)) });
}

export function durationWords(seconds) {
  if (seconds < 60) return plural(words.seconds, Math.round(seconds));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return plural(words.minutes, minutes);
  const hours = plural(words.hours, Math.floor(minutes / 60));
  return minutes % 60 ? `${hours} ${plural(words.minutes, minutes % 60)}` : hours;
}

export const failureWords = (code) => words.failures[code] ?? words.failures.other;

/** A fact as pieces of a sentence, `[text, strong]`; null for what this audience need not read. */
export function factWords({ kind, data, author, created_at: at }, audience) {
  const { agent, to = agent, topic, topic_title: title = topic } = data, waited = data.waited >= 2 ? data.waited : null;
  const values = { agent: agent ?? author.name, to, topic: title, time: timeWords(at), waited: waited != null && durationWords(waited), lasted: data.lasted != null && durationWords(data.lasted) };
  const forms = [`_${data.channel}`, ...(waited != null ? ['_topic_waited', '_waited'] : title ? ['_topic'] : []), '', '_bare'];
  const names = forms.map((form) => kind + form).flatMap((name) => (audience === 'staff' ? [`staff_${name}`, name] : [name]));
  const known = (text) => text && [...text.matchAll(/\{(\w+)\}/g)].every(([, name]) => values[name]);
  const text = names.map((name) => words.facts[name]).find(known);
  return text ? text.split(/(\{agent\}|\{to\})/).filter(Boolean).map((piece) => [fill(piece, values), audience === 'public' && piece[0] === '{']) : null;
}
