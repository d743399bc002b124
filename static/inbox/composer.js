// @ts-check
/** The one field of the screen. It always belongs to the conversation being shown, and never sends by habit. */

import { maskCards } from "../conversation/composer.js";
import { Answers } from "./answers.js";
import { find, say } from "./dom.js";
import { Drafts } from "./drafts.js";
import { Files } from "./files.js";
import { People } from "./people.js";
import { t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */
const GUARD = 250;

export class Composer {
  /** @type {Row|null} */
  row = null;
  mode = /** @type {"reply"|"note"} */ ("reply");
  #switched = 0;
  #proposed = "";
  /** Sends a letter; set by letters.js. @type {(row: Row, post: any) => Promise<{words: string, code?: string, addresses?: string[]}|null>} */
  mail = async () => null;
  #sending = false;
  #postId = "";
  #posted = "";

  /** @param {any} connection */
  constructor(connection) {
    this.connection = connection;
    this.root = find("[data-composer]");
    this.box = /** @type {HTMLFormElement} */ (find("[data-box]"));
    this.field = /** @type {HTMLTextAreaElement} */ (find("[data-reply]"));
    this.suggestions = find("[data-suggestions]");
    this.drafts = new Drafts((conversation, state) => this.#drafted(conversation, state));
    this.files = new Files(() => this.#refresh());
    /** @type {import("./sealed.js").Sealed|null} */
    this.sealed = null;
    import("./sealed.js").then(({ Sealed }) => {
      this.sealed = new Sealed(() => this.#refresh());
      this.sealed.conversation = this.row?.conversation ?? "";
    });
    this.answers = new Answers(this.field, (answer) => this.#take(answer));
    this.people = new People(this.field);
    /** @type {import("./recipients.js").Recipients|null} set with the first letter */
    this.recipients = null;
    this.#listen();
  }

  #listen() {
    this.box.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    for (const button of this.box.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => {
        this.setMode(/** @type {"reply"|"note"} */ (/** @type {HTMLElement} */ (button).dataset.mode));
        this.field.focus();
      });
    }
    document.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-chat-link]") && !this.root.hidden) this.#linkIntoChat();
    });
    this.suggestions.addEventListener("keydown", (event) => this.#walk(/** @type {KeyboardEvent} */ (event)));
  }

  /** @param {Row} row @param {boolean} mayWrite */
  async show(row, mayWrite) {
    const same = this.row?.conversation === row.conversation;
    const moved = same && this.row?.channel !== row.channel;
    this.row = row;
    this.root.hidden = !mayWrite;
    this.recipients?.show(row);
    if (moved) this.#dress();
    find("[data-lock]").hidden = row.identity !== "unverified";
    if (same) return;
    this.refuse(null);
    this.#switched = Date.now();
    find("[data-refused]").hidden = true;
    this.answers.close();
    this.people.close();
    Object.assign(this.answers, { conversation: row.conversation, topic: row.topic_title });
    this.files.show(row.conversation);
    if (this.sealed) this.sealed.conversation = row.conversation;
    this.suggestions.hidden = true;
    const known = this.drafts.peek(row.conversation);
    this.#fill(known ?? { mode: "reply", body: "" });
    if (!known) await this.#recall(row.conversation);
    await this.answers.propose(this.suggestions);
    this.#refresh();
  }

  /** What was typed or chosen while the draft was on its way wins: a note never turns into an answer. @param {string} conversation */
  async #recall(conversation) {
    const draft = await this.drafts.load(conversation);
    const untouched = !this.field.value && (this.mode === "reply" || this.#notesOnly);
    if (this.row?.conversation === conversation && untouched) this.#fill(draft);
  }

  /** @param {{mode: "reply"|"note", body: string}} draft */
  #fill(draft) {
    this.mode = this.#notesOnly ? "note" : draft.mode;
    this.field.value = draft.body;
    say(find("[data-hint]"), draft.body ? t("draft_saved") : this.#quiet);
    this.#dress();
    this.#refresh();
  }

  /** A call and a letter on paper are not answered from here: only notes are written. @param {"reply"|"note"} mode */
  setMode(mode) {
    if (this.#notesOnly) mode = "note";
    if (this.mode === mode) return;
    this.mode = mode;
    this.people.close();
    this.#dress();
    say(find("[data-hint]"), this.#quiet);
    if (this.row && this.field.value) this.drafts.keep(this.row.conversation, { mode, body: this.field.value });
    this.#refresh();
  }

  toggleMode() {
    this.setMode(this.mode === "note" ? "reply" : "note");
    this.field.focus();
  }

  focus() {
    if (!this.root.hidden) this.field.focus({ preventScroll: true });
  }

  focusSuggestions() {
    /** @type {HTMLElement|null} */ (this.suggestions.querySelector(".sug"))?.focus();
  }

  /** Paper, words and keys of the mode and the channel. */
  #dress() {
    const letter = this.row?.channel === "email";
    const note = this.mode === "note";
    const doubt = this.row?.identity === "unverified";
    this.box.classList.toggle("box--note", note);
    this.field.classList.toggle("box__ta--mail", letter);
    this.field.placeholder = note ? t("note_placeholder") : letter ? "" : t("reply_placeholder");
    say(find("[data-reply-label]"), note ? t("note_label") : t("reply_label", { name: this.row?.name ?? "" }));
    for (const button of this.box.querySelectorAll("[data-mode]")) {
      const { mode } = /** @type {HTMLElement} */ (button).dataset;
      button.setAttribute("aria-pressed", String(mode === this.mode));
      if (mode === "reply") {
        say(button, t(letter ? "letter" : "reply"));
        /** @type {HTMLElement} */ (button).hidden = this.#notesOnly;
      }
    }
    find("[data-send]").classList.toggle("sendb--note", note);
    say(find("[data-send-words]"), t(note ? "save" : "send"));
    find("[data-send]").setAttribute("aria-label", t(note ? "save" : "send"));
    say(find("[data-send-key]"), letter && !note ? "Ctrl Enter" : "Enter");
    this.box.classList.toggle("box--letter", letter && !note);
    find("[data-to]").hidden = !letter || note;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.box.querySelectorAll("[data-chat-link]"))) button.hidden = !letter || note;
    find("[data-lock]").hidden = !doubt;
    find("[data-canned-open]").hidden = note;
    this.sealed?.draw(note);
  }

  /** What the hint says while nothing else is to be said. */
  get #quiet() {
    const undo = Number(find("[data-inbox]").dataset.undo);
    return this.#isLetter && undo ? t("delayed", { n: undo }) : "";
  }

  get #notesOnly() {
    return Boolean(this.row) && this.row?.channel !== "chat" && this.row?.channel !== "email";
  }

  get #isLetter() {
    return this.row?.channel === "email" && this.mode === "reply";
  }

  /** One link of an answer: it becomes an address when the letter leaves, and leads whoever signs in into the chat. */
  #linkIntoChat() {
    if (this.row?.channel !== "email") return;
    this.#switched = 0; // whoever presses this button looks at this letter
    if (this.field.value.includes(t("chat_link_mark"))) this.focus();
    else this.append(t("chat_link_line", { link: t("chat_link_mark") }));
  }

  #typed() {
    const text = this.field.value;
    if (!text) this.sealed?.forget();
    if (this.mode === "reply" && /^\/\S*$/.test(text)) this.answers.open(text.slice(1));
    else if (this.answers.isOpen) this.answers.close();
    if (this.mode === "note" && this.row) this.people.typed(this.row.conversation);
    const isCommand = this.mode === "reply" && text === "/";
    if (this.row) this.drafts.keep(this.row.conversation, { mode: this.mode, body: isCommand ? "" : text });
    if (this.row && text && !isCommand && this.mode === "reply" && this.row.channel === "chat") this.connection.typing(this.row.conversation);
    this.#refresh();
  }

  #refresh() {
    const text = this.field.value;
    this.suggestions.hidden = !this.suggestions.hasAttribute("data-some") || this.mode === "note" || Boolean(text && text !== this.#proposed);
    if (!text && !this.sealed?.all.length) this.refuse(null);
    find("[data-card-warning]").hidden = maskCards(text) === text;
    const empty = !text.trim() && !this.files.ready.length && !(this.mode === "reply" && this.sealed?.all.length);
    /** @type {HTMLButtonElement} */ (find("[data-send]")).disabled = empty || this.files.busy || this.#sending;
    if (this.mode === "note") say(find("[data-hint]"), t("staff_only"));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || this.answers.key(event) || this.people.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    const letter = this.row?.channel === "email" && this.mode === "reply";
    if (letter && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.send();
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const all = /** @type {HTMLElement[]} */ ([...this.suggestions.querySelectorAll(".sug")]);
    all[(all.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + by + all.length) % all.length]?.focus();
    event.preventDefault();
  }

  /** A legal text stands under the field and cannot be changed; one past its review is not taken. @param {import("./answers.js").Answer} answer */
  #take(answer) {
    if (!answer.sealed) {
      this.sealed?.use(answer);
      return this.insert(answer.filled);
    }
    if (this.field.value.startsWith("/")) this.insert("");
    if (answer.expired) return this.refuse({ words: answer.note });
    this.sealed?.add(answer);
    return this.focus();
  }

  /** Into an empty field or over the typed `/…`; otherwise where the cursor stands. @param {string} text */
  insert(text) {
    const { value, selectionStart, selectionEnd } = this.field;
    if (!value.trim() || value.startsWith("/") || value === this.#proposed) this.field.value = this.#proposed = text;
    else this.field.setRangeText(text, selectionStart, selectionEnd, "end");
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    if (this.row) this.drafts.keep(this.row.conversation, { mode: this.mode, body: this.field.value });
    this.#refresh();
  }

  /** A line of ours under what is typed. @param {string} text */
  append(text) {
    const typed = this.mode === "note" ? "" : this.field.value.trimEnd();
    this.setMode("reply");
    this.field.value = typed ? `${typed}\n\n${text}` : text;
    this.#typed();
    this.focus();
  }

  /** A refused answer is in the field again, under the reason. @param {string} conversation @param {string} id @param {string} words */
  takeBack(conversation, id, words) {
    const post = this.connection.state(conversation)?.pending.find((/** @type {any} */ one) => one.id === id);
    if (this.row?.conversation !== conversation || !post || this.field.value) return;
    this.connection.remove(conversation, id);
    this.append(post.typed ?? post.body);
    this.sealed?.set(post.sealed ?? []);
    this.refuse({ words });
  }

  /** Why an answer did not go, and what may be done; null takes it away. @param {{words: string, act?: string, go?: () => void}|null} said */
  refuse(said) {
    find("[data-refused]").hidden = !said;
    say(find("[data-refused-words]"), said?.words ?? "");
    const button = /** @type {HTMLButtonElement} */ (find("[data-refused-act]"));
    button.hidden = !said?.act;
    say(button, said?.act ?? "");
    button.onclick = () => said?.go?.();
  }

  /** A letter goes by its own way, which answers in words: a refusal leaves the text where it is. @param {Row} row @param {any} post */
  async #sendLetter(row, post) {
    const whom = this.recipients?.chosen;
    if (!whom) return this.refuse({ words: t("cc_wrong") });
    const same = JSON.stringify([row.conversation, post, whom.to, whom.cc]);
    if (this.#posted !== same) this.#postId = crypto.randomUUID();
    this.#posted = same;
    this.#sending = true;
    this.#refresh();
    const refusal = await this.mail(row, { ...post, ...whom, id: this.#postId });
    this.#sending = false;
    if (this.row?.conversation !== row.conversation) return undefined;
    if (!refusal) this.#sent(row);
    else if (refusal.code === "third_party") this.refuse({ words: refusal.words, act: t("cc_confirm"), go: () => this.#confirm(whom.cc) });
    else this.refuse({ words: refusal.words });
    return this.#refresh();
  }

  /** @param {string[]} addresses */
  #confirm(addresses) {
    this.recipients?.confirm(addresses);
    this.send();
  }

  /** @param {Row} row */
  #sent(row) {
    this.#posted = "";
    this.recipients?.clear();
    this.files.clear(row.conversation);
    this.sealed?.clear();
    this.#proposed = this.field.value = "";
    this.drafts.keep(row.conversation, { mode: "reply", body: "" });
    this.refuse(null);
    this.focus();
  }

  send() {
    const { row, mode, files } = this;
    const typed = maskCards(this.field.value.trim());
    const { all: sealed, answers } = (mode === "reply" && this.sealed) || { all: [], answers: [] };
    const body = sealed.length ? this.sealed?.with(typed) : typed;
    if (!row || Date.now() - this.#switched < GUARD || files.busy) return;
    if ((!body && !files.ready.length) || this.#sending) return;
    if (this.#isLetter) {
      this.#sendLetter(row, { body, answers, attachments: files.ready.map((file) => file.id) });
      return;
    }
    const post = { body, kind: mode === "note" ? "note" : "message", attachments: files.ready };
    this.connection.post(row.conversation, answers.length ? { ...post, answers, sealed, typed } : post);
    if (mode === "reply") this.sealed?.clear();
    this.drafts.keep(row.conversation, { mode: "reply", body: "" });
    files.clear(row.conversation);
    if (this.row?.conversation !== row.conversation) return;
    this.#proposed = this.field.value = "";
    this.setMode("reply");
    this.#refresh();
    this.focus();
  }

  /** @param {string} conversation @param {"saving"|"saved"|"failed"} state */
  #drafted(conversation, state) {
    if (conversation !== this.row?.conversation || this.mode === "note") return;
    const words = { saving: this.#quiet, saved: this.field.value ? t("draft_saved") : this.#quiet, failed: t("draft_failed") };
    say(find("[data-hint]"), words[state]);
  }
}
