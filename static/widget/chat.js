/**
 * The chat screen up to its first message, and the line to the desk. The log itself (`<support-conversation>`), the queue, the
 * hours, the end and the rating are course.js: it comes with the first message, or with a conversation that already runs.
 */
import { bubble, part, shell } from '../conversation/bubble.js';
import { store, uuid } from '../conversation/browser.js';
import { grow, maskCards, sendsOn, takeFiles } from '../conversation/composer.js';
import { Connection } from '../conversation/socket.js';
import { words } from '../conversation/words.js';
import { config } from './page.js';
import { dress, refs, text } from './ui.js';

const STRIP = 3000;

export class Chat {
  conn = null; id = null; topic = null; about = null; isNew = false; readonly = false; lost = null; course = null;

  constructor(widget) {
    this.widget = widget;
    refs.field.addEventListener('input', () => this.typed());
    refs.field.addEventListener('keydown', (event) => { if (sendsOn(event)) { event.preventDefault(); this.send(); } });
    refs.composer.addEventListener('submit', (event) => { event.preventDefault(); this.send(); });
    refs.file.addEventListener('change', () => { this.files([...refs.file.files]); refs.file.value = ''; });
    takeFiles(refs.chat, (files) => this.files(files));
    addEventListener('offline', () => this.connection({ online: false, lostAt: Date.now() }));
    refs.log.append(shell(this.template));
    refs.log.active = false;
  }

  get template() { return document.getElementById('conversation-public'); }
  get state() { return this.conn?.state(this.id); }
  get draftKey() { return `${this.widget.customer}:draft:${this.isNew ? 'new:' + this.topic?.code : this.id}`; }

  /** The line stays open while the page stands: whatever the desk says comes at once. */
  connect() {
    const { widget } = this;
    this.conn = new Connection({ me: { kind: 'borrower', id: widget.customer }, request: widget.request, on: {
      connection: (state) => this.connection(state), frame: (frame) => this.frame(frame),
      conversation: (id, json) => this.created(id, json), ended: (reason) => widget.ended(reason),
    } });
    refs.log.connection = this.conn;
    this.conn.start();
  }

  frame({ type, conversation, ticket }) {
    if (type !== 'queue.moved') return;
    if (conversation !== this.id && !this.conn.state(conversation)) this.widget.look();
    this.ticket(conversation, ticket);
  }

  /** The rest of the chat; asked for again when it did not come. */
  more() {
    this.coming ??= dress(config.modules).then(() => import('./course.js')).then(({ Course }) => {
      this.course = new Course(this);
      if (this.state?.entries.length) this.askTicket(); // what was told while this module came
      this.draw();
    }).catch(() => { this.coming = null; });
    return this.coming;
  }

  // ── which conversation ──
  /** A topic was picked: the conversation begins with its first message. */
  start(topic, id = uuid()) {
    this.isNew = true;
    this.topic = topic;
    const { open_conversation: open, desk } = this.widget.home;
    if (open && this.state?.closedAt == null) { this.resume(open); return; }
    this.conn.create(id, { topic: topic.code, page: this.widget.place, follows: topic.follows });
    this.enter(id);
    if (!desk.open) this.more();
  }

  resume(open) {
    this.isNew = false;
    this.topic = { title: open.subject || open.topic?.title || open.topic };
    this.about = { agent: open.agent };
    this.enter(open.id);
    this.askTicket();
  }

  follow(id) {
    this.id = id;
    this.isNew = false;
    refs.log.setAttribute('conversation', id);
    this.more();
  }

  /** An agent has just begun it: its first words may be there before it is read. */
  begin(id) { this.begun = id; this.follow(id); }

  /** One closed conversation of the History, only to read. */
  read(item) {
    this.isNew = false;
    this.topic = { title: item.subject || item.topic_title, code: item.topic };
    this.about = { agent: item.agent_name && { name: item.agent_name, initials: item.agent_name[0] } };
    this.enter(item.id, !!item.closed_at);
  }

  enter(id, readonly = false) {
    this.id = id;
    this.course?.entered();
    this.readonly = readonly;
    refs.log.toggleAttribute('readonly', readonly);
    refs.log.setAttribute('conversation', id);
    refs.field.value = store.get(this.draftKey) ?? '';
    this.typed(false);
    this.widget.show('chat');
    this.draw();
    refs.log.toEnd?.();
    if (!this.isNew) this.more();
  }

  created(id, json) {
    if (this.id !== id) return;
    store.set(this.draftKey, '');
    this.isNew = false;
    this.id = json.id;
    refs.log.setAttribute('conversation', json.id);
    this.askTicket();
  }

  async askTicket() {
    try { this.ticket(this.id, await this.widget.request('GET', `/conversations/${this.id}/ticket`)); } catch { /* the next queue.moved tells */ }
  }

  ticket(id, ticket) {
    if (id !== this.id || !ticket) return;
    const agent = ticket.agent ?? (ticket.status === 'resolved' ? this.about?.agent : null);
    this.about = { ...this.about, ...ticket, agent, since: ticket.since ? Date.parse(ticket.since) : this.about?.since ?? Date.now() };
    if (ticket.topic?.title) this.topic = ticket.topic;
    this.draw();
  }

  // ── shown and left ──
  shown(isShown) {
    refs.log.active = isShown;
    if (isShown && this.id) { refs.log.toEnd?.(); this.draw(); }
  }

  leave() { refs.log.leave?.(); }
  forget() { refs.log.removeAttribute('conversation'); refs.log.connection = null; this.conn?.logout(); this.conn = this.id = null; refs.field.value = ''; }

  draw() {
    if (!this.id) return;
    if (this.course) this.course.draw(); else refs.title.textContent = this.topic?.title ?? text.support;
  }

  // ── the line ──
  connection({ online, lostAt, full }) {
    clearTimeout(this.stripTimer);
    if (online) {
      this.lost = null;
      this.strip(full && 'full');
      if (this.state?.pending.length) this.more();
      return;
    }
    this.stripTimer = setTimeout(() => { this.lost = lostAt; this.strip('offline'); }, Math.max(0, (lostAt ?? Date.now()) + STRIP - Date.now()));
  }

  /** What is wrong with the line, in words; `elsewhere` has a button to go on here. */
  strip(what) {
    refs.strip.hidden = !what;
    if (what) refs.stripText.textContent = text[what];
    refs.goOn.hidden = what !== 'elsewhere';
    this.draw();
  }

  // ── the composer ──
  typed(byHand = true) {
    const { value } = refs.field;
    refs.send.disabled = !value.trim();
    refs.cardWarning.hidden = maskCards(value) === value;
    grow(refs.field);
    if (!byHand) return;
    store.set(this.draftKey, value);
    if (value.trim() && !this.isNew) this.conn?.typing(this.id);
  }

  async send() {
    const body = maskCards(refs.field.value.trim());
    if (!body || !this.id) return;
    store.set(this.draftKey, '');
    refs.field.value = '';
    this.typed(false);
    refs.field.focus();
    if (this.state?.closedAt) await this.course.reopen();
    this.conn.post(this.id, { body });
    if (!refs.log.log) this.paint(body);
    this.more();
  }

  /** The log has not come yet: the message stands where the log will show it in a moment. */
  paint(body) {
    const post = { body, created_at: new Date().toISOString() };
    part(refs.log, 'log').append(bubble(this.template, post, { own: true, name: words.you, tick: this.conn.online ? '' : 'pending' }));
  }

  attach() { refs.file.click(); }

  async files(files) {
    if (!files.length || !this.id || this.readonly) return;
    const [{ sendFiles }] = await Promise.all([import('../conversation/files.js'), this.more()]);
    await sendFiles(this.conn, this.id, files, () => this.widget.headers());
  }
}
