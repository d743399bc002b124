/**
 * The one connection of a page, shared by the widget and the inbox. Speaks docs/protocol.md.
 *
 *   const conn = new Connection({
 *     me: {kind: 'borrower'|'staff', id},          who sits here; `id` also keys what is kept in this browser
 *     request: makeRequest(() => ({Authorization: …})),   JSON over HTTP, see below
 *     getTicket,                                    optional: () => Promise<string>; by default POST /api/v1/socket-tickets
 *     on: {connection({online, lostAt, full}), frame(frame), ended(reason), conversation(id, json)},   each optional;
 *   });                                             `full`: the desk stores nothing now; `reason`: ended, elsewhere, error, reload
 *   conn.start();                              again after `ended`, where the person wants to go on here
 *   conn.open(conversation, after, listener)   listener(state, event) after every step of state.js; `after` null loads the latest page;
 *                                              returns the state as it is; `<support-conversation>` calls this by itself
 *   conn.close(conversation, listener)         what is still in the outbox goes on being sent
 *   conn.post(conversation, {body, kind?, attachments?, answers?})   returns the client id; painted at once, sent in order, kept for 24 h
 *   conn.seen(conversation, seq) · conn.typing(conversation) · conn.retry(conversation, id) · conn.remove(conversation, id)
 *   conn.create(conversation, data)            the conversation does not exist yet: POST /conversations with `data` before its first message
 *   conn.now()                                 the server's clock, for waiting timers
 *   conn.logout()                              forgets everything kept in this browser and closes
 *
 * Frames that belong to no conversation (`inbox.changed`, `queue.moved`, …) go to `on.frame`; each frame goes there, those too.
 */
import { prefix, store, uuid } from './browser.js';
import { newState, reduce } from './state.js';

export { makeRequest } from './browser.js';

const SLOWEST = 30_000, FIRST = 250, RELOADED = 60_000;
const RETURN = 100_000; // a return ticket is good for 120 s
const PING = 20_000, DEAD = 45_000, UNANSWERED = 8000, TYPING = 3000, IN_HELLO = 16;
const STOPS = { 1009: 'error', 4400: 'error', 4409: 'elsewhere', 4426: 'reload', 4440: 'ended' };
export class Connection {
  constructor({ me, request, getTicket, on = {} }) {
    Object.assign(this, { me, request, on, rooms: new Map(), tries: 0, online: false, lostAt: null, full: false, skew: 0, client: uuid(), timers: {}, uploads: new Map() });
    this.getTicket = getTicket ?? (async () => (await request('POST', '/socket-tickets')).ticket);
    this.keeper = `${me.id}:`;
  }

  start() {
    this.stopped = false;
    this.tries = 0;
    this.restore();
    this.wake = () => { if (!this.online && document.visibilityState === 'visible') this.again(0); };
    this.cut = () => { this.lost(); };
    for (const name of ['online', 'focus']) addEventListener(name, this.wake);
    document.addEventListener('visibilitychange', this.wake);
    addEventListener('offline', this.cut);
    this.connect();
  }

  stop() {
    this.stopped = true;
    for (const name of ['online', 'focus']) removeEventListener(name, this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    removeEventListener('offline', this.cut);
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.lost();
  }

  logout() { this.rooms.clear(); store.clear(); this.stop(); this.passAt = 0; }
  now() { return Date.now() + this.skew; }

  // ── rooms ──
  open(id, after, listener) {
    const room = this.room(id);
    if (listener) room.listeners.add(listener);
    if (!room.state.loaded && !room.create) {
      if (after == null) this.fetch(id);
      else this.step(id, { type: 'loaded', entries: [], head: after });
    }
    return room.state;
  }

  close(id, listener) {
    const room = this.rooms.get(id);
    room?.listeners.delete(listener);
    if (!room || room.listeners.size) return;
    this.send({ type: 'unsubscribe', conversation: id });
    if (!room.state.pending.length) this.rooms.delete(id); else room.state = { ...room.state, loaded: false, entries: [], last: 0 };
  }

  state(id) { return this.rooms.get(id)?.state; }
  create(id, data) { this.room(id).create = data; }

  post(id, message) {
    const post = { id: message.id ?? uuid(), at: Date.now(), ...message };
    this.step(id, { type: 'post', message: post });
    return post.id;
  }

  retry(id, message) { this.step(id, { type: 'retry', id: message }); }
  remove(id, message) { this.uploads.get(message)?.cancel(); this.step(id, { type: 'remove', id: message }); }

  seen(id, seq) {
    const room = this.rooms.get(id);
    if (!room || room.seen >= seq || !this.send({ type: 'seen', conversation: id, seq })) return;
    room.seen = seq;
    this.step(id, { type: 'seen.moved', reader: this.me.kind === 'borrower' ? 'borrower' : this.me.id, seq });
  }

  typing(id) {
    const room = this.rooms.get(id);
    if (!room || Date.now() - (room.typed ?? 0) < TYPING) return;
    if (this.send({ type: 'typing', conversation: id })) room.typed = Date.now();
  }

  /** Older entries, once at a time. */
  async older(id) {
    const room = this.rooms.get(id);
    if (!room || room.reading || !room.state.hasOlder) return;
    room.reading = true;
    try {
      const { entries } = await this.request('GET', `/conversations/${id}/entries?before=${room.state.entries[0].seq}&limit=50`);
      this.step(id, { type: 'older', entries });
    } catch { /* the next scroll asks again */ } finally { room.reading = false; }
  }

  /** One step of the conversation's value, then what it asks for. */
  step(id, event) {
    const room = this.room(id);
    room.state = reduce(room.state, event);
    const { effects } = room.state;
    for (const listener of [...room.listeners]) listener(room.state, event);
    for (const effect of effects) this.effect(id, room, effect);
  }

  room(id) {
    let room = this.rooms.get(id);
    if (!room) {
      room = { state: { ...newState(this.me), online: this.online }, listeners: new Set(), seen: 0 };
      this.rooms.set(id, room);
    }
    return room;
  }

  effect(id, room, { type, ...rest }) {
    if (type === 'subscribe') this.send({ type, conversation: id, after: rest.after });
    else if (type === 'received') this.send({ type, conversation: id, seq: rest.seq });
    else if (type === 'send') this.dispatch(id, room, rest.post);
    else if (type === 'rest') this.later(id, { type: 'rested' }, rest.delay * (0.8 + Math.random() * 0.4));
    else if (type === 'tick') setTimeout(() => this.step(id, { type: 'tick', now: Date.now() }), rest.delay + 50);
    else if (type === 'fetch') this.fetch(id);
    else if (type === 'save') this.save(id, room);
  }

  later(id, event, delay) { return setTimeout(() => { if (this.rooms.has(id)) this.step(id, event); }, delay); }

  async dispatch(id, room, post) {
    if (room.create && !(await this.exists(id, room, post))) return;
    const { kind, body, answers } = post;
    this.send({ type: 'message.post', id: post.id, conversation: id, body, kind, answers, attachments: post.attachments.map((one) => one.id) });
    clearTimeout(room.unanswered); // of the same message before it was sent again
    room.unanswered = this.later(id, { type: 'timeout', id: post.id }, UNANSWERED);
  }

  /** Create the conversation before its first message; a lost answer is harmless because the id is ours. */
  async exists(id, room, post) {
    try {
      await this.created(id);
      return true;
    } catch ({ status, code, message }) {
      const again = !status || status >= 500 || status === 429;
      this.step(id, again ? { type: 'refused', id: post.id, code: 'database' } : { type: 'refused', id: post.id, code });
      return false;
    }
  }

  created(id) {
    const room = this.room(id);
    if (!room.create) return Promise.resolve(id);
    room.creating ??= this.request('POST', '/conversations', { id, ...room.create }).then((json) => {
      delete room.create;
      if (json.id !== id) this.rename(id, json.id);
      else { this.step(id, { type: 'loaded', entries: [], head: 0 }); this.save(id, room); }
      this.on.conversation?.(id, json);
      return json.id;
    }).finally(() => { delete room.creating; });
    return room.creating;
  }

  /** The desk already had an open chat: everything waiting goes there. */
  rename(from, to) {
    const { pending } = this.room(from).state;
    this.rooms.delete(from);
    store.set(`${this.keeper}outbox:${from}`, '');
    this.step(to, { type: 'restored', pending: pending.map((post) => ({ ...post, status: 'waiting' })), now: Date.now() });
    this.save(to, this.room(to));
  }

  async fetch(id) {
    try {
      const [about, page] = await Promise.all([
        this.request('GET', `/conversations/${id}`), this.request('GET', `/conversations/${id}/entries?limit=50`)]);
      const seen = Object.fromEntries((about.seen ?? []).map((mark) => [mark.reader, mark.seq]));
      this.step(id, { type: 'loaded', ...page, seen, mayWrite: about.may_write, closedAt: about.closed_at, about });
    } catch ({ status, code }) {
      if (status && status < 500) this.step(id, { type: 'missing', code });
      else setTimeout(() => { if (this.rooms.has(id) && !this.stopped) this.fetch(id); }, 3000);
    }
  }

  // ── what survives a reload ──
  save(id, room) {
    const kept = room.state.pending.filter((post) => post.status !== 'uploading' && post.status !== 'posted' && !post.file?.refused)
      .map(({ progress, seq, tries, ...post }) => post);
    store.set(`${this.keeper}outbox:${id}`, kept.length ? JSON.stringify({ kept, create: room.create }) : '');
  }

  restore() {
    const start = `${prefix}${this.keeper}outbox:`;
    try {
      for (const key of Object.keys(localStorage).filter((one) => one.startsWith(start))) {
        const { kept, create } = JSON.parse(localStorage.getItem(key)), id = key.slice(start.length);
        if (create) this.create(id, create);
        const pending = kept.map((post) => (post.status === 'failed' ? post : { ...post, status: 'waiting' }));
        this.step(id, { type: 'restored', pending, now: Date.now() });
      }
    } catch { /* nothing was kept */ }
  }

  // ── the wire ──
  async connect() {
    if (this.stopped || this.connecting) return;
    this.connecting = true;
    try {
      const ticket = Date.now() - this.passAt < RETURN ? this.pass : await this.getTicket();
      if (this.stopped) return;
      this.dial(ticket);
    } catch ({ status }) {
      if (status === 401 || status === 403) this.end('ended'); else this.again();
    } finally { this.connecting = false; }
  }

  dial(ticket) {
    const wire = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/v1/`, 'supportdesk.v1');
    this.wire?.close();
    this.wire = wire;
    this.wait = null;
    const subscriptions = [...this.rooms].filter(([, room]) => room.state.loaded && room.listeners.size)
      .map(([conversation, { state }]) => ({ conversation, after: state.last })).slice(0, IN_HELLO);
    wire.onopen = () => {
      this.passAt = 0;
      wire.send(JSON.stringify({ type: 'hello', ticket, client: this.client, subscriptions }));
    };
    wire.onmessage = ({ data }) => { if (wire === this.wire) this.take(JSON.parse(data), subscriptions); };
    wire.onclose = ({ code }) => { if (wire === this.wire) this.closed(code); };
    this.heard = Date.now();
    clearInterval(this.timers.ping);
    this.timers.ping = setInterval(() => this.beat(), PING);
  }

  beat() {
    if (Date.now() - this.heard > DEAD) this.lost(); else this.send({ type: 'ping', n: Date.now() });
  }

  take(frame, subscriptions) {
    this.heard = Date.now();
    if (frame.now) this.skew = Date.parse(frame.now) - Date.now();
    if (frame.return_ticket) { this.pass = frame.return_ticket; this.passAt = Date.now(); }
    if (frame.type === 'welcome') this.welcomed(subscriptions);
    if (frame.type === 'bye') this.wait = frame.retry_after;
    if (frame.type === 'posted') this.stores(true);
    if (frame.type === 'refused' && frame.code === 'storage') this.stores(false);
    const id = frame.conversation ?? this.whose(frame.id);
    if (id && this.rooms.has(id)) {
      if (frame.type === 'error' && frame.code === '4403') this.step(id, { type: 'dropped' });
      else this.step(id, { ...frame, now: Date.now() });
    }
    this.on.frame?.(frame);
  }

  /** The room of a message, for answers that name only the message. */
  whose(message) {
    return message && [...this.rooms].find(([, { state }]) => state.pending.some((post) => post.id === message))?.[0];
  }

  welcomed(subscriptions) {
    this.tries = 0;
    this.online = true;
    this.lostAt = null;
    const asked = new Map(subscriptions.map(({ conversation, after }) => [conversation, after]));
    for (const [id, room] of [...this.rooms]) {
      room.seen = 0;
      this.step(id, { type: 'connected', asked: asked.get(id) });
    }
    this.tell();
  }

  send(frame) {
    if (!this.online || this.wire?.readyState !== WebSocket.OPEN) return false;
    this.wire.send(JSON.stringify(frame));
    return true;
  }

  closed(code) {
    this.lost(false);
    if (STOPS[code]) this.end(STOPS[code]);
    else if (code === 4403) this.on.frame?.({ type: 'dropped' });
    const spread = Math.random() * (this.wait ?? 2) * 1000;
    if (!STOPS[code]) this.again({ 1001: spread, 1012: spread,
      4429: (this.wait ?? 5) * 1000, 4503: this.wait ? spread : 5000 + Math.random() * 25000 }[code]);
  }

  tell() { this.on.connection?.({ online: this.online, lostAt: this.lostAt, full: this.full }); }

  /** A full disk: everything can be read, what is sent waits. */
  stores(isStored) {
    if (this.full === !isStored) return;
    this.full = !isStored;
    this.tell();
  }

  /** The connection is gone, whoever noticed first. */
  lost(retry = true) {
    const { wire } = this;
    this.wire = null;
    clearInterval(this.timers.ping);
    wire?.close();
    if (this.online) {
      this.online = false;
      this.lostAt = Date.now();
      for (const id of [...this.rooms.keys()]) this.step(id, { type: 'disconnected' });
      this.tell();
    }
    if (retry && !this.stopped) this.again();
  }

  again(delay = Math.random() * Math.min(SLOWEST, FIRST * 2 ** this.tries++)) {
    this.lostAt ??= Date.now();
    if (this.stopped) return;
    clearTimeout(this.timers.again);
    this.timers.again = setTimeout(() => this.connect(), delay);
  }

  /** What only the person can mend; a page of an older release loads the new one by itself, once a minute at most. */
  end(reason) {
    this.stop();
    const key = `${this.keeper}reloaded`;
    if (reason !== 'reload' || Date.now() - (store.get(key) ?? 0) < RELOADED) { this.on.ended?.(reason); return; }
    store.set(key, String(Date.now()));
    location.reload();
  }
}
