/** What a conversation needs once its first message is on the way: the log itself, the queue, the hours, the end and the rating. */
import '../conversation/element.js';
import { isTouch } from '../conversation/composer.js';
import { fill, plural, timeWords } from '../conversation/words.js';
import { page } from './page.js';
import { copy, offHead, offTitle, refs, text } from './ui.js';

const CALM = 20_000, QUIET = 10_000;

export class Course {
  rated = new Set();

  constructor(chat) {
    Object.assign(this, { chat, widget: chat.widget });
    refs.log.addEventListener('conversation:state', ({ detail }) => this.stepped(detail));
    refs.log.addEventListener('conversation:unread', ({ detail }) => this.badge(detail.count));
    refs.log.addEventListener('conversation:latest', () => { if (!isTouch()) refs.field.focus(); });
  }

  /** Another conversation is before the borrower. */
  entered() { this.notes = null; }

  stepped({ state, event }) {
    const { chat } = this, kind = event.entry?.kind;
    if (event.type === 'loaded' && event.about) chat.isNew = false;
    if (event.type === 'missing') this.widget.goHome();
    if (['assigned', 'unassigned', 'transferred', 'reopened'].includes(kind)) {
      chat.about = { ...chat.about, agent: kind === 'assigned' ? { name: event.entry.data.agent, initials: event.entry.data.initials } : null };
      chat.askTicket();
    }
    if (event.type === 'posted' && this.isUnplaced(state)) chat.askTicket();
    if (kind === 'closed') this.widget.refresh().catch(() => {});
    if (['loaded', 'entry.posted', 'post', 'typing.shown', 'connected', 'disconnected', 'posted'].includes(event.type)) this.draw();
    const announced = state.effects.filter((one) => one.type === 'announce').at(-1)?.entry;
    const news = announced ?? (event.type === 'loaded' && chat.begun === chat.id && state.entries.findLast((one) => one.author.kind === 'staff' && one.kind === 'message'));
    if (!news) return;
    this.teaser = { author: news.author.name, text: news.body.slice(0, 140) };
    if (!state.watching) this.ring();
  }

  /** The first message has just joined the queue; the frame about it may be held back for seconds. */
  isUnplaced(state) {
    const { agent, ahead, status } = this.chat.about ?? {};
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
    const { chat } = this, { state, about, isNew, readonly } = chat, closedAt = state?.closedAt;
    const home = this.widget.home?.desk ?? { open: true };
    const desk = about?.status === 'out_of_hours' ? { open: false, opens_at: about.opens_at } : home;
    const empty = !state?.entries.length && !state?.pending.length;
    const asleep = !desk.open && !about?.agent && !closedAt && !readonly;
    refs.initials.hidden = !about?.agent;
    refs.initials.textContent = about?.agent?.initials ?? '';
    refs.title.textContent = about?.agent?.name ?? (asleep ? text.support : chat.topic?.title ?? text.support);
    refs.onLine.hidden = !about?.agent || !!closedAt || chat.lost !== null || readonly;
    refs.subtitle.textContent = this.subtitle(closedAt, asleep, desk);
    refs.off.hidden = !(asleep && empty);
    refs.log.hidden = !refs.off.hidden;
    if (!refs.off.hidden) this.drawOff(desk);
    refs.field.placeholder = asleep && empty ? text.off_field : text.field;
    refs.end.hidden = isNew || !!closedAt || readonly || !state?.entries.length || !about?.agent;
    const isServed = state?.entries.some((entry) => entry.kind === 'message' && entry.author.kind === 'staff');
    const isRating = closedAt && isServed && !readonly && !this.rated.has(chat.id);
    refs.rateFoot.hidden = !isRating;
    refs.askFoot.hidden = !readonly;
    refs.composer.hidden = isRating || readonly;
    if (isRating) this.rate(); else refs.log.tail = this.queue(state, asleep, closedAt, desk, empty);
  }

  subtitle(closedAt, asleep, desk) {
    const { about, lost, isNew } = this.chat;
    if (closedAt) return fill(text.ended_at, { time: timeWords(closedAt) });
    if (about?.agent) return lost === null ? text.on_line : text.specialist;
    if (asleep) return offHead(desk);
    return isNew ? '' : text.connecting;
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
    const { about, readonly } = this.chat;
    if (closedAt || readonly || empty || about?.agent) return [];
    if (asleep) return [this.card('off-card', offTitle(desk), text.off_text)];
    const { ahead, expected_wait: wait, since, status } = about ?? {};
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
    if (this.ratingFor !== this.chat.id) { this.ratingFor = this.chat.id; this.ratingNode = ratingCard(this.chat); }
    refs.log.tail = [this.ratingNode];
  }

  skipRating() { this.rated.add(this.chat.id); this.draw(); this.widget.focus(); }

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
    this.rated.add(this.chat.id);
    this.widget.goHome();
  }

  /** Whether the desk closed it; what it says instead is read aloud. */
  async end() {
    try { await this.widget.request('POST', `/conversations/${this.chat.id}/close`); return true; } catch ({ message }) { refs.log.say(message ?? text.refused); return false; }
  }

  /** A reply after the end goes on with the same conversation, or begins the next one where that is no longer possible. */
  async reopen() {
    const { chat } = this;
    try { await this.widget.request('POST', `/conversations/${chat.id}/reopen`); } catch ({ status }) {
      if (status) { chat.about = null; chat.start({ ...chat.topic, follows: chat.id }); }
    }
  }

  askAbout() {
    const { chat } = this;
    chat.about = null;
    chat.readonly = false;
    chat.start({ ...chat.topic, follows: chat.id });
  }
}
