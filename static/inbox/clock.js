// @ts-check
/** How long somebody has waited and how bad that is. Pure: rows and milliseconds in, words for the screen out. */

/**
 * @typedef {object} Row  a ticket as `GET /api/v1/inbox` gives it
 * @property {number} number
 * @property {string} conversation
 * @property {"chat"|"email"|"phone"|"paper"|"portal"} channel
 * @property {string} name
 * @property {string} initials
 * @property {string} topic_title
 * @property {string} subject
 * @property {string} status
 * @property {boolean} is_new
 * @property {string|null} waiting_since
 * @property {string|null} due_at
 * @property {string|null} warn_at
 * @property {number|null} target
 * @property {string|null} answered_at
 * @property {{author_kind: string, author_name: string, body: string, at: string}|null} last_message
 * @property {number} unread
 * @property {boolean} has_draft
 * @property {string} identity
 * @property {string|null} [answer_due_at]
 * @property {boolean} is_mine whether anybody has taken it; what is listed and taken is one's own
 * @property {string} [page]
 * @property {string} [address] where a letter came from
 * @property {"ringing"|"talking"|"missed"|""} [call] how a call that is not over stands
 * @property {{id: string, display_name: string}|null} [assignee] only of a ticket fetched by its number
 *
 * @typedef {{state: "idle"|"new"|"wait"|"warn"|"late", share: number, waited: number}} Wait
 */

/** What each channel is drawn as. */
export const ICONS = { chat: "chat", email: "mail", phone: "phone", paper: "file", portal: "flag" };

/** @param {Row} row @param {number} now @returns {Wait} */
export function waitOf(row, now) {
  if (!row.waiting_since) return { state: "idle", share: 0, waited: 0 };
  const waited = Math.max(0, Math.floor((now - Date.parse(row.waiting_since)) / 1000));
  const due = row.due_at ? Date.parse(row.due_at) : Infinity;
  const warn = row.warn_at ? Date.parse(row.warn_at) : Infinity;
  if (now >= due) return { state: "late", share: 1, waited };
  const share = row.target && row.due_at ? 1 - (due - now) / 1000 / row.target : 0;
  const calm = row.is_new ? "new" : "wait";
  return { state: now >= warn ? "warn" : calm, share: Math.max(0.01, share), waited };
}

/** `0:42`, `12:05`, `1:02:03`. @param {number} seconds */
export function counter(seconds) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Who waits longest beyond the promise, or, when nobody is late, longest at all. @param {Row[]} rows @param {number} now */
export function mostUrgent(rows, now) {
  const waiting = rows.filter((row) => row.waiting_since);
  const rank = (/** @type {Row} */ row) => [waitOf(row, now).state === "late" ? 0 : 1, Date.parse(row.waiting_since || "")];
  waiting.sort((one, other) => {
    const [a, b] = [rank(one), rank(other)];
    return a[0] - b[0] || a[1] - b[1];
  });
  return waiting[0] ?? null;
}

/** What the clock says now that it did not say a moment ago: each turn is told once.
 * @param {Map<number, string>} told by ticket, the last state told @param {Row[]} rows @param {number} now
 * @returns {{row: Row, state: "warn"|"late", left: number}[]} */
export function turns(told, rows, now) {
  const news = [];
  for (const row of rows) {
    const { state } = waitOf(row, now);
    if (told.get(row.number) === state) continue;
    told.set(row.number, state);
    if (state !== "warn" && state !== "late") continue;
    news.push({ row, state, left: Math.max(0, Math.round((Date.parse(row.due_at || "") - now) / 1000)) });
  }
  return news;
}
