/**
 * One conversation as a value: `reduce(state, event)` gives the next state and, in `state.effects`, what must be done now.
 * Pure and without a browser, so it runs in node: tests/js/state.test.mjs.
 *
 * @typedef {{seq: number, kind: string, author: {kind: string, id: ?string, name: string}, id: ?string, body: string,
 *   created_at: string, attachments: Attachment[], data: object, public?: boolean}} Entry  as in docs/protocol.md
 * @typedef {{id: string, name: string, content_type: string, size: number, width: ?number, height: ?number}} Attachment
 * @typedef {{id: string, body: string, kind: string, attachments: Attachment[], at: number,
 *   status: 'uploading'|'waiting'|'sending'|'posted'|'failed', code?: string, progress?: number, seq?: number,
 *   file?: {name: string, size: number, type: string}, tries?: number}} Pending  not yet in the log
 * @typedef {{kind: 'borrower'|'staff', id: ?string}} Me
 * @typedef {{me: Me, entries: Entry[], last: number, hasOlder: boolean, loaded: boolean, pending: Pending[],
 *   seen: Object<string, number>, typing: Object<string, {name: string, until: number}>, divider: number,
 *   online: boolean, watching: boolean, draft: string, mayWrite: boolean, closedAt: ?string, effects: object[]}} State
 */

const RETRIED = new Set(['database', 'overload', 'order', 'storage', 'too_fast']);
const TRIES = 35; // about a minute
const KEPT = 24 * 3600_000;

/** @param {Me} me @returns {State} */
export const newState = (me) => ({
  me, entries: [], last: 0, hasOlder: false, loaded: false, pending: [], seen: {}, typing: {}, divider: 0,
  online: false, watching: false, draft: '', mayWrite: true, closedAt: null, effects: [], inFlight: null, asked: -1, resting: false,
});

const asks = (kind) => kind === 'borrower' || kind === 'correspondent';

/** The side of the desk or of whoever asks: own messages stand on the right. */
export const isOwn = (state, entry) => asks(entry.author.kind) === asks(state.me.kind);
export const reader = (me) => (me.kind === 'borrower' ? 'borrower' : me.id);
export const isSpoken = (entry) => entry.kind === 'message' || entry.kind === 'note';

/** Whether somebody of the other side saw this own entry. */
export const isRead = (state, seq) =>
  Object.entries(state.seen).some(([who, upTo]) => (who === 'borrower') !== (state.me.kind === 'borrower') && upTo >= seq);

/** Messages of the other side after my mark. */
export const unread = (state) => {
  const mine = state.seen[reader(state.me)] ?? 0;
  return state.entries.filter((entry) => entry.seq > mine && entry.kind === 'message' && !isOwn(state, entry)).length;
};

/** @param {State} state @param {object} event @returns {State} */
export function reduce(state, event) {
  const step = STEPS[event.type];
  if (!step) return state.effects.length ? { ...state, effects: [] } : state;
  const next = { ...state, effects: [] };
  step(next, event);
  return next;
}

const STEPS = {
  /** The latest page, by HTTP: what was pending and is now stored leaves the outbox. */
  loaded(state, { entries, seen = {}, mayWrite = true, closedAt = null, head, limit = 50 }) {
    Object.assign(state, { entries, loaded: true, mayWrite, closedAt, hasOlder: entries.length >= limit && entries[0].seq > 1 });
    state.last = entries.at(-1)?.seq ?? head ?? 0;
    state.seen = { ...state.seen, ...seen };
    settle(state, new Set(entries.map((entry) => entry.id)));
    if (unread(state) && !state.divider) state.divider = firstUnread(state);
    state.asked = -1;
    resume(state);
    flush(state);
  },
  older(state, { entries, limit = 50 }) {
    const first = state.entries[0]?.seq ?? Infinity;
    state.entries = [...entries.filter((entry) => entry.seq < first), ...state.entries];
    state.hasOlder = entries.length >= limit && state.entries[0].seq > 1;
  },
  /** `asked`: where the greeting of this connection already resumed. */
  connected(state, { asked = -1 }) { state.online = true; state.asked = asked; forgive(state); resume(state); flush(state); },
  disconnected(state) {
    state.online = false;
    state.inFlight = null;
    state.typing = {};
    state.pending = state.pending.map((post) => (post.status === 'sending' ? { ...post, status: 'waiting' } : post));
  },
  'entry.posted'(state, { entry }) {
    if (!state.loaded) return;
    if (entry.seq <= state.last) { state.effects.push({ type: 'received', seq: entry.seq }); return; }
    if (entry.seq > state.last + 1) { resume(state); return; }
    state.entries = [...state.entries, entry];
    state.last = entry.seq;
    state.asked = -1;
    settle(state, new Set([entry.id]));
    consequences(state, entry);
    state.effects.push({ type: 'received', seq: entry.seq });
    flush(state);
  },
  synced(state) { state.asked = -1; },
  reset(state) { state.loaded = false; state.effects.push({ type: 'fetch' }); },
  posted(state, { id, seq, created_at }) {
    if (state.inFlight === id) state.inFlight = null;
    change(state, id, { status: 'posted', seq, created_at, code: undefined });
    if (state.entries.some((entry) => entry.id === id) || (state.loaded && seq <= state.last)) drop(state, id);
    state.effects.push({ type: 'save' });
    flush(state);
  },
  refused(state, { id, code, retry_after, message: words }) {
    const post = state.pending.find((one) => one.id === id);
    if (!post) return;
    if (state.inFlight === id) state.inFlight = null;
    const tries = (post.tries ?? 0) + 1;
    if (RETRIED.has(code) && tries < TRIES) {
      change(state, id, { status: 'waiting', tries });
      state.resting = true;
      state.effects.push({ type: 'rest', delay: retry_after ? retry_after * 1000 : Math.min(2000, 100 * 2 ** (tries - 1)) });
      return;
    }
    change(state, id, { status: 'failed', code, words });
    state.effects.push({ type: 'save' }, { type: 'alert', code, words, id });
    flush(state);
  },
  /** No answer for eight seconds: not known to be stored. It stays in flight, so that nothing overtakes it; the same id goes
   * again on retry or reconnection. */
  timeout(state, { id }) {
    if (state.inFlight !== id) return;
    change(state, id, { status: 'failed', code: 'timeout' });
    state.effects.push({ type: 'alert', code: 'timeout' });
  },
  rested(state) { state.resting = false; flush(state); },
  post(state, { message }) {
    state.divider = 0;
    state.pending = [...state.pending.filter((one) => one.id !== message.id),
      { kind: 'message', attachments: [], body: '', status: 'waiting', ...message }];
    state.effects.push({ type: 'save' });
    flush(state);
  },
  progress(state, { id, progress }) { change(state, id, { progress }); },
  uploaded(state, { id, attachment }) {
    change(state, id, { status: 'waiting', attachments: [attachment] });
    state.effects.push({ type: 'save' });
    flush(state);
  },
  failed(state, { id, code, words }) {
    change(state, id, { status: 'failed', code, words });
    state.effects.push({ type: 'save' }, { type: 'alert', code, words });
  },
  retry(state, { id }) {
    if (state.inFlight === id) state.inFlight = null;
    change(state, id, { status: 'waiting', code: undefined, tries: 0 });
    flush(state);
  },
  remove(state, { id }) { drop(state, id); state.effects.push({ type: 'save' }); flush(state); },
  /** The outbox of an earlier visit. */
  restored(state, { pending, now }) {
    const known = new Set(state.pending.map((post) => post.id));
    const alive = pending.filter((post) => now - post.at < KEPT && !known.has(post.id));
    state.pending = [...alive, ...state.pending];
    flush(state);
  },
  'seen.moved'(state, { reader: who, seq }) {
    if ((state.seen[who] ?? 0) < seq) state.seen = { ...state.seen, [who]: seq };
  },
  'typing.shown'(state, { author, ttl, now }) {
    if (author.id && author.id === state.me.id) return;
    state.typing = { ...state.typing, [author.id ?? author.kind]: { name: author.name, until: now + ttl * 1000 } };
    state.effects.push({ type: 'tick', delay: ttl * 1000 });
  },
  tick(state, { now }) {
    state.typing = Object.fromEntries(Object.entries(state.typing).filter(([, one]) => one.until > now));
  },
  /** `watching`: the end of the log is in a visible window. */
  watch(state, { watching }) { state.watching = watching; },
  left(state) { state.divider = 0; state.watching = false; },
  draft(state, { draft }) { state.draft = draft; },
  dropped(state) { state.mayWrite = false; },
};

function consequences(state, entry) {
  if (entry.kind === 'closed') state.closedAt = entry.created_at;
  if (entry.kind === 'reopened') state.closedAt = null;
  if (entry.kind === 'redacted') redact(state, entry.data.seq);
  const { [entry.author.id ?? entry.author.kind]: _, ...typing } = state.typing;
  state.typing = typing;
  if (!isSpoken(entry) || isOwn(state, entry)) return;
  if (!state.watching && !state.divider) state.divider = entry.seq;
  state.effects.push({ type: 'announce', entry });
}

function redact(state, seq) {
  state.entries = state.entries.map((one) => (one.seq === seq ? { ...one, body: '', attachments: [], redacted: true } : one));
}

function firstUnread(state) {
  const mine = state.seen[reader(state.me)] ?? 0;
  return state.entries.find((entry) => entry.seq > mine && isSpoken(entry) && !isOwn(state, entry)).seq;
}

/** Ask for everything after the last entry, once per position. */
function resume(state) {
  if (!state.loaded || !state.online || state.asked === state.last) return;
  state.asked = state.last;
  state.effects.push({ type: 'subscribe', after: state.last });
}

/** One message in flight; the rest wait in the order of typing. */
function flush(state) {
  if (!state.online || state.inFlight || state.resting) return;
  const post = state.pending.find((one) => one.status === 'waiting');
  if (!post) return;
  state.inFlight = post.id;
  change(state, post.id, { status: 'sending' });
  state.effects.push({ type: 'send', post });
}

/** What was never answered on the old connection is tried again on the new one. */
function forgive(state) {
  state.pending = state.pending.map((post) =>
    (post.code === 'timeout' ? { ...post, status: 'waiting', code: undefined, tries: 0 } : post));
}

function settle(state, ids) {
  if (ids.has(state.inFlight)) state.inFlight = null;
  const left = state.pending.filter((post) => !ids.has(post.id));
  if (left.length === state.pending.length) return;
  state.pending = left;
  state.effects.push({ type: 'save' });
}

function change(state, id, changes) {
  state.pending = state.pending.map((post) => (post.id === id ? { ...post, ...changes } : post));
}

function drop(state, id) {
  if (state.inFlight === id) state.inFlight = null;
  state.pending = state.pending.filter((post) => post.id !== id);
}
