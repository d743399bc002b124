/** The chat screen and its line: header, composer, queue card, hours, closing; the log itself is `<support-conversation>`. */
import '../conversation/element.js';
import { store, uuid } from '../conversation/browser.js';
import { Connection } from '../conversation/socket.js';
import { grow, isTouch, maskCards, sendFiles, sendsOn, takeFiles } from '../conversation/composer.js';
import { fill, plural, timeWords } from '../conversation/words.js';
import { copy, offHead, offTitle, refs, text } from './ui.js';
import { page } from './page.js';

const STRIP = 3000, CALM = 20_000, QUIET = 10_000;

export class Chat {
  conn = null; id = null; topic = null; about = null; isNew = false; readonly = false; rated = new Set(); lost = null;

  constructor(widget) {
    this.widget = widget;
    refs.field.addEventListener('input', () => this.typed());
    refs.field.addEventListener('keydown', (event) => { if (sendsOn(event)) { event.preventDefault(); this.send(); } });
    refs.composer.addEventListener('submit', (event) => { event.preventDefault(); this.send(); });
    refs.file.addEventListener('change', () => { this.files([...refs.file.files]); refs.file.value = ''; });
    takeFiles(refs.window.querySelector('[data-screen="chat"]'), (files) => this.files(files));
    refs.log.addEventListener('conversation:state', ({ detail }) => this.stepped(detail));
    refs.log.addEventListener('conversation:unread', ({ detail }) => this.badge(detail.count));
    refs.log.addEventListener('conversation:latest', () => { if (!isTouch()) refs.field.focus(); });
    addEventListener('offline', () => this.connection({ online: false, lostAt: Date.now() }));
    refs.log.active = false;
  }

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

  // ── which conversation ──
  /** A topic was picked: the conversation begins with its first message. */
  start(topic, id = uuid()) {
    this.isNew = true;
    this.topic = topic;
    const { open_conversation: open } = this.widget.home;
    if (open && this.state?.closedAt == null) { this.resume(open); return; }
    this.conn.create(id, { topic: topic.code, page: this.widget.place });
    this.enter(id);
  }

  resume(open) {
    this.isNew = false;
    this.topic = { title: open.subject || open.topic?.title || open.topic };
    this.about = { agent: open.agent };
    this.enter(open.id);
    this.askTicket();
  }

  follow(id) { this.id = id; this.isNew = false; refs.log.setAttribute('conversation', id); }

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
    this.notes = null;
    this.readonly = readonly;
    refs.log.toggleAttribute('readonly', readonly);
    refs.log.setAttribute('conversation', id);
    refs.field.value = store.get(this.draftKey) ?? '';
    this.typed(false);
    this.widget.show('chat');
    this.draw();
    refs.log.toEnd();
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
    if (isShown && this.id) { refs.log.toEnd(); this.draw(); }
  }

  leave() { refs.log.leave(); }
  forget() { refs.log.removeAttribute('conversation'); refs.log.connection = null; this.conn?.logout(); this.conn = this.id = null; refs.field.value = ''; }

  stepped({ state, event }) {
    if (event.type === 'loaded' && event.about) this.isNew = false;
    if (event.type === 'missing') this.widget.goHome();
    const kind = event.entry?.kind;
    if (['assigned', 'unassigned', 'transferred', 'reopened'].includes(kind)) {
      this.about = { ...this.about, agent: kind === 'assigned' ? { name: event.entry.data.agent, initials: event.entry.data.initials } : null };
      this.askTicket();
    }
    if (event.type === 'posted' && this.isUnplaced(state)) this.askTicket();
    if (kind === 'closed') this.widget.refresh().catch(() => {});
    if (['loaded', 'entry.posted', 'post', 'typing.shown', 'connected', 'disconnected', 'posted'].includes(event.type)) this.draw();
    const announced = state.effects.filter((one) => one.type === 'announce').at(-1)?.entry;
    const news = announced ?? (event.type === 'loaded' && this.begun === this.id && state.entries.findLast((one) => one.author.kind === 'staff' && one.kind === 'message'));
    if (!news) return;
    this.teaser = { author: news.author.name, text: news.body.slice(0, 140) };
    if (!state.watching) this.ring();
  }

  /** The first message has just joined the queue; the frame about it may be held back for seconds. */
  isUnplaced(state) {
    const { agent, ahead, status } = this.about ?? {};
    return !agent && ahead == null && status !== 'out_of_hours' && !state.closedAt;
  }

  /** Heard by whoever used the chat in this visit and does not look at it now. */
  async ring() {
    if (this.widget.isMuted || !navigator.userActivation?.hasBeenActive || Date.now() - (this.rang ?? 0) < QUIET) return;
    this.rang = Date.now();
    const { softNote } = await import('./sound.js');
    await softNote();
  }

  badge(count) {
    page.tell('unread', { count, teaser: count ? this.teaser ?? null : null });
    if (count && this.widget.isOpen && this.widget.screen === 'home') this.widget.refresh().catch(() => {});
  }

  // ── drawing ──
  draw() {
    if (!this.id) return;
    const { state, about } = this, closedAt = state?.closedAt, home = this.widget.home?.desk ?? { open: true };
    const desk = about?.status === 'out_of_hours' ? { open: false, opens_at: about.opens_at } : home;
    const empty = !state?.entries.length && !state?.pending.length;
    const asleep = !desk.open && !about?.agent && !closedAt && !this.readonly;
    refs.initials.hidden = !about?.agent;
    refs.initials.textContent = about?.agent?.initials ?? '';
    refs.title.textContent = about?.agent?.name ?? (asleep ? text.support : this.topic?.title ?? text.support);
    refs.onLine.hidden = !about?.agent || !!closedAt || this.lost !== null || this.readonly;
    refs.subtitle.textContent = this.subtitle(closedAt, asleep, desk);
    refs.off.hidden = !(asleep && empty);
    refs.log.hidden = !refs.off.hidden;
    if (!refs.off.hidden) this.drawOff(desk);
    refs.field.placeholder = asleep && empty ? text.off_field : text.field;
    refs.end.hidden = this.isNew || !!closedAt || this.readonly || !state?.entries.length || !about?.agent;
    const isServed = state?.entries.some((entry) => entry.kind === 'message' && entry.author.kind === 'staff');
    const isRating = closedAt && isServed && !this.readonly && !this.rated.has(this.id);
    refs.rateFoot.hidden = !isRating;
    refs.askFoot.hidden = !this.readonly;
    refs.composer.hidden = isRating || this.readonly;
    if (isRating) this.rate(); else refs.log.tail = this.queue(state, asleep, closedAt, desk, empty);
  }

  subtitle(closedAt, asleep, desk) {
    if (closedAt) return fill(text.ended_at, { time: timeWords(closedAt) });
    if (this.about?.agent) return this.lost === null ? text.on_line : text.specialist;
    if (asleep) return offHead(desk);
    return this.isNew ? '' : text.connecting;
  }

  drawOff(desk) {
    refs.offTitle.textContent = offTitle(desk);
    refs.offText.textContent = text.off_text;
    const { borrower: { email }, desk: { mailbox } } = this.widget.home;
    refs.offMail.hidden = !email || !mailbox;
    refs.offMail.textContent = fill(text.off_mail, { email, mailbox });
    for (const item of refs.off.querySelectorAll('[data-link]')) {
      const address = this.widget.links[item.dataset.link];
      item.hidden = !address;
      if (address) item.firstElementChild.href = address;
    }
  }

  /** People ahead, never a rank; said aloud when the number changes, at most every 20 s. */
  queue(state, asleep, closedAt, desk, empty) {
    if (closedAt || this.readonly || empty || this.about?.agent) return [];
    if (asleep) return [this.card('off-card', offTitle(desk), text.off_text)];
    const { ahead, expected_wait: wait, since, status } = this.about ?? {};
    if (ahead == null || status === 'resolved') return [];
    const isLate = wait != null && Date.now() - since > (wait + 60) * 1000;
    const title = ahead ? plural(text.ahead, ahead) : text.next;
    const note = isLate ? text.late : wait == null ? text.expected_unknown : plural(text.expected, Math.max(1, Math.round(wait / 60)));
    const card = this.card('queue', title, note);
    card.querySelector('.w-qline').append(...Array.from({ length: Math.min(ahead, 6) + 1 }, (_, at) => Object.assign(document.createElement('i'), { className: at === Math.min(ahead, 6) ? 'me' : '' })));
    this.announceQueue(ahead, title);
    this.notes ??= [copy('queue-note'), copy('queue-chips')];
    return [card, ...this.notes];
  }

  card(id, title, note) {
    const key = `${id}|${title}|${note}`;
    if (this.cardKey === key) return this.cardNode;
    const node = copy(id);
    node.querySelector('[data-text="title"]').textContent = title;
    node.querySelector('[data-text="note"]').textContent = note;
    if (id === 'queue') this.cardKey = null; else this.cardKey = key;
    this.cardNode = node;
    return node;
  }

  announceQueue(ahead, title) {
    if (this.said === ahead) return;
    clearTimeout(this.saying);
    const wait = Math.max(0, (this.saidAt ?? -Infinity) + CALM - Date.now());
    this.saying = setTimeout(() => { this.said = ahead; this.saidAt = Date.now(); refs.log.say(title); }, wait);
  }

  async rate() {
    const { ratingCard } = await import('./rating.js');
    if (this.ratingFor !== this.id) { this.ratingFor = this.id; this.ratingNode = ratingCard(this); }
    refs.log.tail = [this.ratingNode];
  }

  skipRating() { this.rated.add(this.id); this.draw(); this.widget.focus(); }

  // ── the line ──
  connection({ online, lostAt }) {
    clearTimeout(this.stripTimer);
    if (online) { this.lost = null; refs.strip.hidden = true; this.draw(); return; }
    this.stripTimer = setTimeout(() => { this.lost = lostAt; refs.strip.hidden = false; this.draw(); }, Math.max(0, (lostAt ?? Date.now()) + STRIP - Date.now()));
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
    if (this.state?.closedAt) await this.reopen();
    this.conn.post(this.id, { body });
  }

  /** A reply after the end goes on with the same conversation, or begins the next one where that is no longer possible. */
  async reopen() {
    try { await this.widget.request('POST', `/conversations/${this.id}/reopen`); } catch ({ status }) {
      if (status) { this.about = null; this.start(this.topic ?? {}); }
    }
  }

  attach() { refs.file.click(); }

  async files(files) {
    if (!files.length || !this.id || this.readonly) return;
    await sendFiles(this.conn, this.id, files, () => this.widget.headers());
  }

  // ── what the borrower may decide ──
  askCancel() { this.ask(copy('queue-cancel')); }
  keepWaiting() { this.ask(copy('queue-chips')); }
  ask(node) {
    this.notes[1] = node;
    this.draw();
    refs.log.toEnd();
    node.querySelector('button').focus();
  }

  async cancelQueue(button) {
    button.disabled = true;
    const isClosed = await this.end();
    button.disabled = false;
    if (!isClosed) return;
    this.notes = null;
    this.rated.add(this.id);
    this.widget.goHome();
  }

  /** Whether the desk closed it; what it says instead is read aloud. */
  async end() {
    try { await this.widget.request('POST', `/conversations/${this.id}/close`); return true; } catch ({ message }) { refs.log.say(message ?? text.refused); return false; }
  }
  askAbout() { this.about = null; this.readonly = false; this.start({ ...this.topic }); }
}
