/**
 * `<support-conversation conversation="UUID" audience="public|staff" readonly>`: the log of one conversation, for everybody.
 *
 * Give it the page's connection once, then it keeps itself up to date:
 *     const el = document.querySelector('support-conversation');
 *     el.connection = conn;                 // a Connection of socket.js; set before or after insertion
 *     el.setAttribute('conversation', id);  // may change; null shows nothing
 * Properties and methods for the code around it:
 *     el.state                 the value of state.js · el.unread   messages of the other side not seen yet
 *     el.active = false        the pane is not shown (a place of the inbox in the background, a closed widget): nothing is marked seen
 *     el.leave()               the person left the chat: the divider goes · el.toEnd()  scroll to the newest
 *     el.tail = [node, …]      `<li>` shown after the last message (queue card, rating)
 *     el.names = {me: 'Вы'}    optional words; el.say(text) speaks through the polite announcer
 *     dress(body, named)       optional, on the prototype: marks what a staff note names (static/inbox/named.js)
 *     letter(node, entry)      optional, on the prototype: makes a letter a sheet (static/inbox/letter.js)
 * Events (bubble, `detail`):
 *     conversation:state {state, event}     after every step     conversation:posted {id}     an own message got its ✓
 *     conversation:unread {count}           changed              conversation:failed {code, words, id}
 * Markup comes from `<template id="conversation-public|staff">` of templates/chat/_conversation_templates.html, words from
 * `<script type="application/json" id="conversation-words">`. Text is set by `textContent` only.
 */
import { bubble, part, piece, shell } from './bubble.js';
import { dayWords, factWords, failureWords, sizeWords } from './phrases.js';
import { fill, plural, words } from './words.js';
import { isOwn, isRead, isSpoken, unread } from './state.js';

const NEAR = 80, SHOWN = 200, EARLY = 600, CLOCK = 400;

export class SupportConversation extends HTMLElement {
  static observedAttributes = ['conversation'];
  #connection = null; #nodes = new Map(); #tail = []; #end = Infinity; #below = 0; #counted = 0; #active = true; #id = null;

  get audience() { return this.getAttribute('audience') ?? 'public'; }
  get state() { return this.#connection?.state(this.#id); }
  get unread() { return this.state ? unread(this.state) : 0; }
  get connection() { return this.#connection; }
  set connection(connection) { this.#leaveRoom(); this.#connection = connection; this.#enter(); }
  get active() { return this.#active; }
  set active(active) { this.#active = active; this.#watch(); }
  set tail(nodes) {
    const stick = this.#near();
    for (const node of this.#tail) if (!nodes.includes(node)) node.remove();
    this.#tail = nodes;
    this.log?.append(...nodes);
    if (stick) this.toEnd();
  }

  connectedCallback() {
    if (!this.log) this.#build();
    for (const name of ['connection', 'active']) this.#given(name);
    this.onVisible = () => this.#watch();
    document.addEventListener('visibilitychange', this.onVisible);
    this.#enter();
  }

  /** What the page set before this module came. */
  #given(name) {
    if (!Object.hasOwn(this, name)) return;
    const { [name]: value } = this;
    delete this[name];
    this[name] = value;
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.onVisible);
    this.#leaveRoom();
  }

  attributeChangedCallback(_name, before, after) { if (before !== after && this.log) { this.#leaveRoom(); this.#enter(); } }

  leave() { if (this.#id) this.#connection?.step(this.#id, { type: 'left' }); }

  toEnd() {
    if (this.#end < (this.state?.entries.length ?? 0)) { this.#end = Infinity; this.#render(); }
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.stuck = true;
    this.#pill(0);
    this.#watch();
  }

  say(text) { this.#speak(this.polite, text); }

  // ── life in a room ──
  #build() {
    this.template = document.getElementById(`conversation-${this.audience}`);
    if (!this.firstElementChild) this.append(shell(this.template));
    for (const part of ['scroller', 'log', 'jump', 'count', 'polite', 'alert']) this[part] = this.querySelector(`[data-part="${part}"]`);
    this.look = this.log.dataset;
    this.log.replaceChildren();
    this.scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.jump.addEventListener('click', () => { this.toEnd(); this.dispatchEvent(new CustomEvent('conversation:latest', { bubbles: true })); });
    this.log.addEventListener('click', (event) => this.#clicked(event));
    this.images = new IntersectionObserver((seen) => seen.forEach(({ isIntersecting, target }) => isIntersecting && this.#image(target)), { root: this.scroller });
    // A keyboard coming up, a window changing size or a row of suggestions must not hide the newest message.
    new ResizeObserver(() => { this.height = this.scroller.clientHeight; if (this.stuck) this.toEnd(); }).observe(this.scroller);
  }

  #enter() {
    const id = this.getAttribute('conversation');
    if (!this.#connection || !this.log || !id || this.#id === id) return;
    this.#id = id;
    this.#end = Infinity;
    this.stuck = true;
    this.listener = (state, event) => this.#stepped(state, event);
    this.#connection.open(id, null, this.listener);
    this.#render();
    this.toEnd();
  }

  #leaveRoom() {
    if (!this.#id) return;
    this.#connection.close(this.#id, this.listener);
    this.#id = null;
    this.#nodes.clear();
    this.log?.replaceChildren(...this.#tail);
  }

  #stepped(state, event) {
    const stick = this.#near() || event.type === 'post' || event.type === 'loaded'; // before anything is drawn
    const before = state.effects.filter((one) => one.type === 'announce');
    if (event.type === 'older') this.#grown(state); else this.#render();
    this.known = state.entries.length;
    if (stick && event.type !== 'older') this.toEnd();
    else if (before.length) this.#pill(this.#below + before.length);
    for (const effect of state.effects) {
      if (effect.type === 'announce') this.say(fill(words.line, { name: effect.entry.author.name, text: effect.entry.body || words.file }));
      if (effect.type === 'alert') this.#fail(effect);
    }
    if (event.type === 'posted') this.#emit('posted', { id: event.id });
    if (event.type === 'post') setTimeout(() => this.#id && this.#render(), CLOCK + 10);
    this.#watch();
    this.#emit('state', { state, event });
    const count = unread(state);
    if (count !== this.#counted) { this.#counted = count; this.#emit('unread', { count }); }
  }

  #fail({ code, words: said, id }) {
    this.#speak(this.alert, `${words.failed_alert}. ${said ?? failureWords(code)}`);
    this.#emit('failed', { code, words: said, id });
  }

  #emit(name, detail) { this.dispatchEvent(new CustomEvent(`conversation:${name}`, { bubbles: true, detail })); }

  #speak(node, text) {
    node.textContent = '';
    node.textContent = text;
    clearTimeout(node.timer);
    node.timer = setTimeout(() => { node.textContent = ''; }, 15_000);
  }

  /** Somebody is watching when the pane is shown, the window is visible and the newest message is in sight. */
  #watch() {
    const { state } = this;
    if (!state) return;
    const watching = this.#active && document.visibilityState === 'visible' && this.scroller.clientHeight > 0 && this.#near();
    if (watching !== state.watching) this.#connection.step(this.#id, { type: 'watch', watching });
    if (watching && state.last && !this.hasAttribute('readonly')) this.#connection.seen(this.#id, state.last);
  }

  // ── scrolling ──
  #near() { const s = this.scroller; return !!s && this.#end === Infinity && s.scrollHeight - s.scrollTop - s.clientHeight < NEAR; }

  #scrolled() {
    if (this.scroller.clientHeight === this.height) this.stuck = this.#near(); // else the observer brings the end back first
    if (this.stuck || !this.#below) this.#pill(0);
    if (this.stuck !== this.state?.watching) this.#watch();
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (scrollTop < EARLY) this.#earlier();
    else if (this.#end < Infinity && scrollHeight - scrollTop - clientHeight < EARLY) this.#slide(50);
  }

  async #earlier() {
    const { state } = this;
    if (!state?.entries.length) return;
    if (this.#start(state) > 0) { this.#slide(-50); return; }
    if (!state.hasOlder || this.reading) return;
    this.reading = true;
    const known = state.entries.length;
    await this.#connection.older(this.#id);
    this.reading = false;
    if ((this.state?.entries.length ?? 0) > known && this.scroller.scrollTop < EARLY) this.#earlier();
  }

  /** Older entries came: they push the newest ones out of the window of 200. */
  #grown(state) {
    const { length } = state.entries, known = this.known ?? length;
    const end = Math.max(SHOWN, Math.min(this.#end, known));
    this.#hold(() => { this.#end = end >= length ? Infinity : end; this.#render(); });
  }

  #start(state) { return Math.max(0, Math.min(this.#end, state.entries.length) - SHOWN); }

  /** Move the window of at most 200 messages over the loaded ones. */
  #slide(by) {
    const { length } = this.state.entries;
    const end = Math.max(SHOWN, Math.min(this.#end, length) + by);
    this.#hold(() => { this.#end = end >= length ? Infinity : end; this.#render(); });
  }

  /** Whatever happens above, the message being read stays where it is. */
  #hold(change) {
    const top = this.scroller.getBoundingClientRect().top;
    const anchor = [...this.log.children].find((node) => node.dataset.seq > 0 && node.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  #pill(count) {
    this.#below = count;
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.jump.hidden = !count && this.#end === Infinity && scrollHeight - scrollTop < 3 * clientHeight;
    this.count.textContent = count > 99 ? '99+' : count || '';
    this.count.hidden = !count;
    this.jump.setAttribute('aria-label', count ? plural(words.jump_new, count) : words.jump);
  }

  // ── drawing ──
  #render() {
    const { state } = this;
    if (!state) return;
    const items = this.#items(state);
    const keys = new Set(items.map((item) => item.key));
    for (const [key, node] of this.#nodes) if (!keys.has(key)) { node.remove(); this.#nodes.delete(key); }
    let place = this.log.firstChild;
    for (const item of items) {
      let node = this.#nodes.get(item.key);
      if (!node || node.sign !== item.sign) {
        const fresh = item.draw();
        fresh.sign = item.sign;
        if (node && node === place) place = node.nextSibling;
        node?.remove();
        node = fresh;
        this.#nodes.set(item.key, node);
      }
      if (node === place) place = node.nextSibling; else this.log.insertBefore(node, place);
    }
  }

  #items(state) {
    const shown = state.entries.slice(this.#start(state), Math.min(this.#end, state.entries.length));
    const items = [];
    const run = { day: '', author: null };
    for (const entry of shown) this.#entry(state, entry, items, run);
    if (this.#end === Infinity) {
      for (const post of state.pending) this.#message(state, this.#asEntry(state, post), items, run, post);
      const typing = Object.values(state.typing).map((one) => one.name);
      if (typing.length) items.push(this.#plain('typ', 'typ', fill(words.typing, { name: typing[0] })));
    }
    if (this.audience === 'staff') lastTickOnly(items);
    return items;
  }

  #asEntry(state, post) {
    return { ...post, seq: 0, id: post.id, created_at: post.created_at ?? new Date(post.at).toISOString(),
      author: { kind: state.me.kind, id: state.me.id, name: '' } };
  }

  #entry(state, entry, items, run) {
    if (entry.seq === state.divider) { this.#day(entry, items, run); items.push(this.#plain('new', 'new', words.new_messages)); run.author = null; }
    if (isSpoken(entry)) { this.#message(state, entry, items, run); return; }
    const parts = factWords(entry, this.audience);
    if (!parts) return;
    this.#day(entry, items, run);
    items.push({ key: `f${entry.seq}`, sign: '', draw: () => this.#fact(parts) });
    run.author = null;
    if (this.audience === 'staff' && entry.data.summary) this.#message(state, { ...entry, kind: 'note', body: entry.data.summary }, items, run);
  }

  #day(entry, items, run) {
    const day = new Date(entry.created_at).toDateString();
    if (day !== run.day) { items.push(this.#plain(`d${day}`, 'day', dayWords(entry.created_at))); run.author = null; }
    run.day = day;
  }

  #message(state, entry, items, run, post) {
    this.#day(entry, items, run);
    const own = isOwn(state, entry);
    const author = `${entry.kind}:${entry.author.kind}:${entry.author.id}`;
    const cont = run.author === author;
    run.author = author;
    const mine = own && (entry.author.id === state.me.id || this.audience === 'public');
    const tick = mine ? this.#tick(state, entry, post) : '';
    const failed = post?.status === 'failed';
    const item = {
      key: entry.id ?? `s${entry.seq}`, own: own && entry.kind === 'message', tick, cont, failed,
      get sign() { return [cont, item.tick, failed && (post.words ?? post.code), post?.progress, post?.status === 'uploading', entry.redacted, entry.data?.named].join('|'); },
      draw: () => this.#bubble(entry, post, own, item),
    };
    items.push(item);
  }

  #tick(state, entry, post) {
    if (entry.kind === 'note') return '';
    if (!post) return isRead(state, entry.seq) ? 'read' : 'sent';
    if (post.status === 'posted') return 'sent';
    if (post.status === 'failed') return '';
    return Date.now() - post.at >= CLOCK ? 'pending' : 'none';
  }

  #piece(name) { return piece(this.template, name); }
  #plain(key, name, text) {
    return { key, sign: text, draw: () => { const node = this.#piece(name); (node.querySelector('[data-text]') ?? node).append(text); return node; } };
  }

  #fact(parts) {
    const node = this.#piece('fact');
    for (const [text, strong] of parts) {
      const piece = strong ? document.createElement('b') : new Text();
      piece.textContent = text;
      node.append(piece);
    }
    return node;
  }

  #bubble(entry, post, own, { cont, tick, failed }) {
    const { author } = entry, isMine = author.id === this.#connection.me.id;
    const name = own && !(this.audience === 'staff' && author.name && !isMine) ? words.you : author.name;
    const node = bubble(this.template, entry, { own, name, tick });
    if (cont) node.classList.add(this.look.cont);
    node.dataset.seq = entry.seq;
    if (post) node.dataset.pending = post.id;
    const who = part(node, 'who'), by = part(node, 'by');
    if (who && (cont || isMine || !author.name)) who.remove();
    else if (who) who.textContent = author.name;
    if (by) by.textContent = isMine || !author.name ? words.you : author.name;
    this.dress?.(part(node, 'body'), entry.data?.named);
    for (const file of entry.attachments) this.#before(node, this.#file(file, tick));
    if (post?.file && !entry.attachments.length) this.#before(node, this.#uploading(post));
    if (failed) { node.classList.add(this.look.fail); node.append(this.#failure(post)); }
    this.letter?.(node, entry);
    return node;
  }

  #before(node, child) { const meta = this.audience === 'staff' && part(node, 'meta'); if (meta) meta.before(child); else node.append(child); }

  #file(file, tick) {
    const isImage = /^image\/(jpeg|png|webp)$/.test(file.content_type);
    const node = this.#piece(isImage ? 'image' : 'file');
    node.dataset.file = file.id;
    const size = sizeWords(file.size), state = tick && words[`file_${tick}`];
    const text = state ? `${size} · ${state}` : size;
    const name = node.querySelector('[data-part="name"]');
    if (name) { name.textContent = file.name; node.querySelector('[data-part="size"]').textContent = text; }
    node.setAttribute('aria-label', fill(words.open_file, { name: file.name, size: sizeWords(file.size) }));
    if (isImage) {
      const image = node.querySelector('img');
      if (file.width) { image.width = file.width; image.height = file.height; }
      this.images.observe(node);
    }
    return node;
  }

  #uploading(post) {
    const node = this.#piece('upload');
    node.querySelector('[data-part="name"]').textContent = post.file.name;
    const uploading = post.status === 'uploading';
    node.querySelector('[data-part="size"]').textContent = uploading ? `${post.progress ?? 0} %` : post.words ?? sizeWords(post.file.size);
    const bar = node.querySelector('progress');
    if (uploading) bar.value = post.progress ?? 0; else bar.remove();
    const cancel = node.querySelector('[data-do="remove"]');
    if (uploading) cancel.setAttribute('aria-label', fill(words.cancel_upload, { name: post.file.name })); else cancel.remove();
    return node;
  }

  #failure(post) {
    const node = this.#piece('failure');
    const isFile = post.file && !post.attachments.length;
    const said = node.querySelector('[data-said]');
    node.querySelector('[data-text]').textContent = failureLine(post.code);
    if (!isFile && !FINAL.includes(post.code)) return node;
    const retry = node.querySelector('[data-do="retry"]');
    if (retry.contains(node.querySelector('[data-text]'))) {
      said.hidden = false;
      said.lastElementChild.textContent = isFile ? words.file_failed : failureLine(post.code);
    } else node.querySelector('[data-text]').textContent = isFile ? words.file_failed : failureLine(post.code);
    retry.remove();
    if (isFile) node.querySelector('[data-word]').textContent = words.remove_file;
    return node;
  }

  #clicked(event) {
    const button = event.target.closest('[data-pending] [data-do]');
    const file = event.target.closest('[data-file]');
    if (button) {
      const id = button.closest('[data-pending]').dataset.pending;
      this.#emit(button.dataset.do, { id });
      this.#connection[button.dataset.do](this.#id, id);
    } else if (file) { event.preventDefault(); this.#openFile(file.dataset.file); }
  }

  // ── files: addresses live a minute, so they are asked for when needed ──
  async #address(id) { return (await this.#connection.request('GET', `/attachments/${id}`)).address; }

  async #image(node) {
    this.images.unobserve(node);
    try { node.querySelector('img').src = await this.#address(node.dataset.file); node.dataset.shown = ''; } catch { /* the chip stays */ }
  }

  async #openFile(id) {
    const tab = window.open('', '_blank');
    try {
      const address = await this.#address(id);
      if (tab) { tab.opener = null; tab.location.replace(address); } else location.assign(address);
    } catch ({ code }) { tab?.close(); this.#fail({ code, words: words.file_gone }); }
  }
}

/** Refusals that the same text cannot overcome. */
const FINAL = ['disclosure', 'forbidden', 'conflict', 'closed', 'empty', 'too_long', 'malformed', 'attachment'];

/** In the desk only the last own message of a run shows its tick. */
function lastTickOnly(items) {
  items.forEach((item, at) => { if (item.own && items[at + 1]?.own && items[at + 1].cont && item.tick !== 'pending') item.tick = ''; });
}

const failureLine = (code) => (['timeout', 'database', 'overload', 'order', 'network'].includes(code) ? words.not_sent : `${words.not_sent} ${failureWords(code)}`);

if (!customElements.get('support-conversation')) customElements.define('support-conversation', SupportConversation);
