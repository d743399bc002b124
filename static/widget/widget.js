/**
 * The borrower's widget inside its frame: session, home, and the way between screens.
 * The lender's page gives a signed token; it is exchanged for a session that lives in this module's memory only.
 * The chat's line to the desk opens when home stands, or with the first tap; history.js and course.js come when they are needed.
 */
import { makeRequest, store } from '../conversation/browser.js';
import { fill, plural } from '../conversation/words.js';
import { Chat } from './chat.js';
import { page } from './page.js';
import { availability, copy, dress, isPhone, language, refs, text } from './ui.js';

const idle = () => new Promise((done) => { (window.requestIdleCallback ?? setTimeout)(done, { timeout: 2000 }); });

class Widget {
  home = null; chat = null; session = null; borrower = null; links = {}; place = ''; isOnLine = false; isOpen = false; screen = null; trail = [];

  constructor() {
    this.request = this.renewing(makeRequest(() => this.headers()));
    page.on({
      hello: (hello) => this.greet(hello), open: () => this.open(), closed: () => this.closed(), shape: ({ full }) => this.shape(full),
      logout: () => this.logout(),
    });
    document.addEventListener('click', (event) => this.clicked(event));
    document.addEventListener('keydown', (event) => { if (event.key === 'Escape') { event.preventDefault(); page.tell('close'); } });
    this.tabs = 'BroadcastChannel' in window ? new BroadcastChannel('supportdesk') : null;
    if (this.tabs) this.tabs.onmessage = ({ data }) => { if (data === 'logout') this.forget(); };
    document.addEventListener('visibilitychange', () => { if (!document.hidden) { if (this.chat) this.line(); this.look(); } });
    setInterval(() => { if (!document.hidden) this.look(); }, 120_000);
    this.show('home');
  }

  /** A chat that an agent began: told at once by a frame; looked for when the page comes into view and now and then. */
  async look() {
    if (!this.session || !this.home) return;
    if (this.home.open_conversation) return;
    await this.refresh().catch(() => {});
    const { open_conversation: open } = this.home ?? {};
    if (!open || (this.isOpen && this.screen === 'chat')) return;
    if (!this.isOpen) this.show('home');
    this.line()?.begin(open.id);
  }

  headers() { return { 'Accept-Language': language, ...(this.session && { Authorization: `Bearer ${this.session}` }) }; }

  /** A session that ran out is renewed once with a fresh token of the lender. */
  renewing(ask) {
    return async (method, path, body) => {
      const used = this.session;
      try { return await ask(method, path, body); } catch (problem) {
        if (problem.status !== 401 || !used) throw problem;
        if (this.session === used) await this.signIn();
        return ask(method, path, body);
      }
    };
  }

  async greet({ links = {}, place = '', full, open, goOn }) {
    Object.assign(this, { links, place, goOn });
    this.shape(full);
    if (open) this.open();
    if (!this.session) await this.start();
  }

  async start() {
    try {
      await this.signIn();
      const refusal = this.goOn && await (await import('./continuing.js')).goOn(this);
      await this.refresh();
      if (refusal) refs.lead.textContent = refusal;
    } catch (problem) { this.failed(problem); return; }
    if (!this.isOpen) await idle();
    this.line();
  }

  signIn() {
    this.signing ??= (async () => {
      const token = await page.token();
      this.session = null;
      const { session_token: session, borrower } = await makeRequest(() => this.headers())('POST', '/borrower-sessions', { token });
      Object.assign(this, { session, borrower });
      this.customer ??= subject(token);
      store.clear(`${this.customer}:`);
      if (borrower.language && borrower.language !== language) page.speak(borrower.language);
    })().finally(() => { this.signing = null; });
    return this.signing;
  }

  /** The chat with its line to the desk; null when the session ended. */
  line() {
    if (!this.session || !this.home) return null;
    this.chat ??= new Chat(this);
    if (this.isOnLine) return this.chat;
    this.isOnLine = true;
    this.chat.connect();
    const { open_conversation: open } = this.home;
    if (open && this.isOpen && this.screen === 'home') this.chat.resume(open);
    else if (open) this.chat.follow(open.id);
    return this.chat;
  }

  /** A tab that gave way to newer ones says so, and comes back when it is looked at anew or when the borrower says so. */
  ended(reason) {
    if (reason === 'ended') this.renew();
    else if (reason === 'elsewhere') { this.isOnLine = false; dress(); this.chat.strip('elsewhere'); }
    else this.failed({ status: reason === 'error' ? 500 : 0 });
  }

  async renew() { this.isOnLine = false; this.session = null; await this.start(); }

  async refresh() {
    this.home = await this.request('GET', '/home');
    this.drawHome();
  }

  failed({ status, message }) {
    const gone = status === 401 || status === 403;
    refs.endedTitle.textContent = gone ? text.session_ended : text.unavailable;
    refs.endedText.textContent = message ?? (gone ? text.session_ended_text : text.unavailable_text);
    this.show('ended');
    page.tell('unread', { count: 0 });
  }

  // ── between screens ──
  show(name, { back = false } = {}) {
    if (this.screen && !back && this.screen !== name) this.trail.push(this.screen);
    if (name === 'home') this.trail = [];
    this.screen = name;
    for (const node of refs.window.querySelectorAll('[data-screen]')) node.hidden = node.dataset.screen !== name;
    refs.window.setAttribute('aria-labelledby', `h-${name}`);
    this.chat?.shown(name === 'chat' && this.isOpen);
    if (this.isOpen) this.focus();
  }

  focus() {
    if (this.screen === 'chat' && !isPhone() && !refs.composer.hidden) refs.field.focus();
    else document.getElementById(`h-${this.screen}`)?.focus();
  }

  back() {
    const name = this.trail.pop() ?? 'home';
    if (name === 'home') this.goHome(); else this.show(name, { back: true });
  }

  goHome() { this.chat?.leave(); this.show('home'); if (this.session) this.refresh().catch(() => {}); }

  async open() {
    this.isOpen = true;
    this.chat?.shown(this.screen === 'chat');
    this.focus();
    if (!this.session || !this.home) return; // start() goes on from here
    const chat = this.line();
    if (this.screen !== 'home') return;
    if (this.home.open_conversation) chat?.resume(this.home.open_conversation); else this.refresh().catch(() => {});
  }

  closed() { this.isOpen = false; this.chat?.shown(false); this.chat?.leave(); }

  shape(full) {
    document.documentElement.toggleAttribute('data-full', !!full);
    refs.window.setAttribute('aria-modal', full ? 'true' : 'false');
  }

  async history() {
    this.show('history');
    try {
      this.line();
      const [{ drawHistory }] = await Promise.all([import('./history.js'), dress()]);
      await drawHistory(this);
    } catch { this.failed({ status: 0 }); }
  }

  clicked(event) {
    const button = event.target.closest('[data-do]'), link = event.target.closest('a[href^="#"]');
    if (link?.hash === '#history') { event.preventDefault(); this.history(); }
    if (link?.hash === '#chat') { event.preventDefault(); this.talk((chat) => chat.resume(this.home.open_conversation)); }
    if (!button || button.closest('support-conversation [data-pending]')) return;
    const act = { close: () => page.tell('close'), back: () => this.back(), home: () => this.goHome(), sound: () => this.sound(), goOn: () => this.line(), retrySession: () => location.reload() }[button.dataset.do];
    if (act) act(); else if (button.dataset.do === 'attach') this.chat?.attach(); else this.chat?.course?.[button.dataset.do]?.(button);
  }

  talk(act) {
    const chat = this.line();
    if (chat) act(chat);
  }

  // ── home ──
  /** One soft note for a new message (sound.js), unless the borrower wants none. */
  get isMuted() { return store.get(`${this.customer}:mute`) === 'yes'; }
  sound() { store.set(`${this.customer}:mute`, this.isMuted ? '' : 'yes'); this.drawSound(); }

  drawSound() {
    refs.sound.setAttribute('aria-checked', String(!this.isMuted));
    refs.soundWord.textContent = this.isMuted ? text.sound_off : text.sound_on;
  }

  drawHome() {
    const { borrower, desk, topics, open_conversation: open, history_count: count } = this.home;
    refs.greeting.textContent = fill(text.greeting, { name: borrower.first_name });
    refs.dot.hidden = false;
    refs.dot.classList.toggle('dot--ok', desk.open);
    refs.lead.textContent = availability(desk);
    refs.topics.replaceChildren(...topics.map((topic) => this.topic(topic)));
    refs.historyCount.textContent = count ? plural(text.history_count, count) : '';
    this.drawOpen(open);
    this.drawSound();
  }

  topic(topic) {
    const node = copy('topic');
    node.querySelector('b').textContent = topic.title;
    const use = node.querySelector('use');
    if (topic.icon) use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#i-${topic.icon}`));
    node.firstElementChild.addEventListener('click', () => this.talk((chat) => chat.start(topic)));
    return node;
  }

  drawOpen(open) {
    refs.open.hidden = !open;
    if (!open) return;
    refs.openInitials.textContent = open.agent?.initials ?? '…';
    refs.openTitle.textContent = open.subject || open.topic?.title || open.topic || text.support;
    const { author_name: name, body } = open.last_message ?? {};
    refs.openLine.textContent = body ? (name ? `${name}: ${body}` : body) : text.connecting;
    refs.openCount.hidden = !open.unread;
    refs.openCount.textContent = open.unread;
    refs.openCount.setAttribute('aria-label', plural(text.new_count, open.unread));
  }

  // ── the end ──
  async logout() {
    this.tabs?.postMessage('logout');
    const { session } = this;
    this.forget();
    if (session) await fetch('/api/v1/borrower-sessions/current', { method: 'DELETE', keepalive: true, headers: { Authorization: `Bearer ${session}` } }).catch(() => {});
    page.tell('ended');
  }

  forget() {
    this.chat?.forget();
    store.clear();
    this.isOnLine = false; this.session = null; this.home = null;
    refs.openTitle.textContent = refs.openLine.textContent = '';
    this.failed({ status: 401 });
  }
}

/** Whose token it is: keys what this browser keeps. Not a proof; the desk checks the signature. */
function subject(token) {
  try { return JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub; } catch { return 'unknown'; }
}

new Widget();
