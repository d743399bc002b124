// @ts-check
/** The left column: five places that never reorder, the urgent strip, the letters, the queue. */

import { emptyWords } from "./availability.js";
import { counter, ICONS, mostUrgent, waitOf } from "./clock.js";
import { find, h, icon, ring, say } from "./dom.js";
import { moment, t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */
/** @typedef {import("./store.js").Store} Store */

export class Places {
  /** @type {Map<number, ReturnType<typeof place>>} */
  #places = new Map();
  /** @type {Map<string, number>} when somebody typing in a conversation is no longer believed to be */
  #typing = new Map();
  #active = 0;
  #laid = false;

  /** @param {Store} store @param {(number: number) => void} open */
  constructor(store, open) {
    this.store = store;
    this.open = open;
    this.list = find("[data-slots]");
    this.urgent = find("[data-urgent]");
    this.urgent.addEventListener("click", () => this.openUrgent());
    store.addEventListener("change", () => this.draw());
  }

  /** @param {number} number the ticket on the screen */
  set active(number) {
    const moved = this.#active !== number;
    this.#active = number;
    this.draw();
    if (moved) document.querySelector('.mailrow[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  openUrgent() {
    const row = mostUrgent(this.store.chats(), this.store.now()) ?? mostUrgent(this.store.rows(), this.store.now());
    if (row) this.open(row.number);
  }

  /** @param {string} conversation @param {number} ttl seconds */
  typing(conversation, ttl) {
    this.#typing.set(conversation, Date.now() + ttl * 1000);
    this.tick();
  }

  draw() {
    const snapshot = this.store.snapshot;
    if (!snapshot) return;
    this.list.removeAttribute("aria-busy");
    if (this.#places.size !== snapshot.slots.length || !this.#laid) this.#lay(snapshot.slots.map((slot) => slot.number));
    for (const slot of snapshot.slots) this.#places.get(slot.number)?.show(slot.ticket, slot.ticket?.number === this.#active);
    const taken = snapshot.slots.filter((slot) => slot.ticket).length;
    say(find("[data-taken]"), t("taken_of", { taken, total: snapshot.slots.length }));
    this.#drawLetters();
    this.tick();
  }

  /** @param {number[]} numbers */
  #lay(numbers) {
    this.#laid = true;
    this.#places.clear();
    for (const number of numbers) this.#places.set(number, place(number, (ticket) => this.open(ticket)));
    const none = h("li", { class: "s13 t3 slots__none" }, t("no_own_places"));
    this.list.replaceChildren(...(numbers.length ? [...this.#places.values()].map((one) => one.element) : [none]));
  }

  #drawLetters() {
    const snapshot = this.store.snapshot;
    if (!snapshot) return;
    const focused = /** @type {HTMLElement|null} */ (document.activeElement?.closest(".mailrow"))?.dataset.ticket;
    for (const [name, rows] of /** @type {[string, Row[]][]} */ ([["letters", snapshot.letters], ["held", snapshot.held ?? []]])) {
      say(find(`[data-${name}-count]`), String(rows.length));
      find(`[data-${name}-head]`).toggleAttribute("hidden", !rows.length);
      find(`[data-${name}]`).replaceChildren(...rows.map((row) => this.#letter(row)));
    }
    if (focused) /** @type {HTMLElement|null} */ (document.querySelector(`.mailrow[data-ticket="${focused}"]`))?.focus();
  }

  /** @param {Row} row */
  #letter(row) {
    const due = h("span", { class: "end nb", "data-due": "" });
    const doubt = row.identity === "unverified";
    const link = h(
      "a",
      { class: "mailrow", href: `/inbox/${row.number}/`, "data-ticket": row.number, "data-call": row.call || false, "aria-current": row.number === this.#active && "true",
        click: (/** @type {MouseEvent} */ event) => follow(event, () => this.open(row.number)) },
      h("span", { class: "mailrow__i" }, icon(ICONS[row.channel])),
      h("span", { class: "col" },
        h("span", { class: "row" }, h("span", { class: "mailrow__s ell grow" }, row.subject || row.topic_title || row.name), row.has_draft && icon("note", "i--14")),
        h("span", { class: "row s12 t3" }, h("span", { class: "ell" }, row.call ? t(`call_${row.call}`, { name: row.name }) : doubt ? t("unverified") : row.name), due)),
    );
    paintDue(due, row, this.store.now());
    return h("li", {}, link);
  }

  /** Once a second: only texts and arcs move. */
  tick() {
    const snapshot = this.store.snapshot;
    if (!snapshot) return;
    const now = this.store.now();
    for (const slot of snapshot.slots) {
      const until = slot.ticket ? this.#typing.get(slot.ticket.conversation) || 0 : 0;
      this.#places.get(slot.number)?.tick(slot.ticket, now, until > Date.now(), snapshot.me.availability);
    }
    const late = mostUrgent(this.store.chats().filter((row) => waitOf(row, now).state === "late"), now);
    this.urgent.toggleAttribute("hidden", !late);
    if (late) say(find("[data-urgent-name]"), short(late.name));
    for (const row of [...snapshot.letters, ...(snapshot.held ?? [])]) {
      const due = document.querySelector(`.mailrow[data-ticket="${row.number}"] [data-due]`);
      if (due) paintDue(due, row, now);
    }
    this.#drawQueue();
  }

  #drawQueue() {
    const queue = this.store.snapshot?.queue;
    if (!queue) return;
    const text = queue.waiting
      ? t("queue_waits", { n: queue.waiting, longest: counter(queue.longest_wait ?? 0) })
      : t("queue_empty");
    say(find("[data-queue]"), text);
  }
}

/** «Сергей М.» where the full name has no room. @param {string} name */
function short(name) {
  const words = name.split(" ");
  return words.length > 1 ? `${words[0]} ${words[words.length - 1].charAt(0)}.` : name;
}

/** @param {Element} due @param {Row} row @param {number} now */
function paintDue(due, row, now) {
  const { state } = waitOf(row, now);
  const key = { late: "due_was", warn: "due_answer", idle: "answered_letter" }[state] ?? "due_by";
  due.className = `end nb ${{ late: "danger-t", warn: "warn-t" }[state] ?? ""}`;
  say(due, row.due_at ? t(key, { moment: moment(row.due_at, now) }) : state === "idle" ? t("answered_letter") : "");
}

/** A modified click still opens a new tab. @param {MouseEvent} event @param {() => void} open */
export function follow(event, open) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open();
}

/** One place. Its element never moves; what it shows does. @param {number} number @param {(ticket: number) => void} open */
function place(number, open) {
  const element = h("li", { "data-place": number });
  let parts = /** @type {ReturnType<typeof taken>|null} */ (null);
  let current = /** @type {Row|null} */ (null);
  const empty = h("div", { class: "slot slot--empty" }, ring(number).element, h("span", { class: "s13", "data-empty": "" }));
  return {
    element,
    /** @param {Row|null} row @param {boolean} isActive */
    show(row, isActive) {
      if (!row) {
        if (current || !element.firstChild) element.replaceChildren(empty);
        parts = current = null;
        return;
      }
      if (!parts || current?.number !== row.number) {
        parts = taken(number, row, open);
        element.replaceChildren(parts.link);
      }
      current = row;
      parts.fill(row, isActive);
    },
    /** @param {Row|null} row @param {number} now @param {boolean} types @param {string} availability */
    tick(row, now, types, availability) {
      if (row) parts?.tick(row, now, types);
      else emptyWords(find("[data-empty]", empty), availability === "available");
    },
  };
}

/** @param {number} number @param {Row} ticket @param {(ticket: number) => void} open */
function taken(number, ticket, open) {
  const circle = ring(number);
  const [name, timer, spoken, topic, text, count] = ["slot__name ell", "", "vh", "slot__topic ell", "", "count"].map((css) => h("span", { class: css }));
  const clock = h("span", { class: "slot__t" }, spoken, timer);
  const link = h(
    "a",
    { class: "slot", href: `/inbox/${ticket.number}/`, "data-ticket": ticket.number, "aria-keyshortcuts": `Alt+${number}`,
      click: (/** @type {MouseEvent} */ event) => follow(event, () => open(ticket.number)) },
    circle.element,
    h("span", {}, h("span", { class: "slot__top" }, name, clock), topic, h("span", { class: "slot__msg" }, text, count)),
  );
  return {
    link,
    /** @param {Row} row @param {boolean} isActive */
    fill(row, isActive) {
      say(name, row.name);
      const last = row.last_message;
      say(text, last ? lastWords(last) : row.subject);
      const unread = isActive ? 0 : row.unread;
      count.hidden = !unread;
      say(count, String(unread));
      count.setAttribute("aria-label", t("new_messages", { n: unread }));
      link.classList.toggle("is-new-msg", Boolean(row.waiting_since));
      if (isActive) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    },
    /** @param {Row} row @param {number} now @param {boolean} types */
    tick(row, now, types) {
      const wait = waitOf(row, now);
      circle.turn(wait.share, wait.state);
      link.dataset.state = wait.state;
      clock.className = `slot__t ${{ warn: "slot__t--warn", late: "slot__t--late", idle: "slot__t--idle" }[/** @type {string} */ (wait.state)] ?? ""}`;
      say(spoken, `${t("clock_" + wait.state)} `);
      if (wait.state === "idle") answered(timer, row, now);
      else {
        timer.className = "";
        say(timer, counter(wait.waited));
      }
      drawTopic(topic, row, types);
    },
  };
}

/** @param {Element} timer @param {Row} row @param {number} now */
function answered(timer, row, now) {
  if (!row.answered_at) return timer.replaceChildren();
  const minutes = Math.max(0, Math.floor((now - Date.parse(row.answered_at)) / 60_000));
  const text = !minutes ? t("just_now") : minutes < 60 ? t("minutes_short", { n: minutes }) : t("hours_short", { n: Math.floor(minutes / 60) });
  if (timer.textContent === text) return undefined;
  timer.className = "slot__ok";
  return timer.replaceChildren(icon("check", "i--16"), text);
}

/** @param {Element} topic @param {Row} row @param {boolean} types */
function drawTopic(topic, row, types) {
  const key = [types, row.is_new, row.has_draft, row.topic_title].join("|");
  if (topic.getAttribute("data-key") === key) return;
  topic.setAttribute("data-key", key);
  topic.className = types ? "slot__topic accent-t row" : "slot__topic ell";
  const dots = h("span", { class: "typing", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  const title = row.topic_title || t("no_topic");
  if (types) topic.replaceChildren(t("types"), " ", dots);
  else if (row.is_new) topic.replaceChildren(h("b", { class: "accent-t" }, t("new_chat")), ` · ${title}`);
  else if (row.has_draft) topic.replaceChildren(h("b", { class: "t2" }, t("draft")), ` · ${title}`);
  else topic.replaceChildren(title);
}

/** Whoever spoke last is named when it was a colleague; a file alone is said in a word. @param {NonNullable<Row["last_message"]>} last */
function lastWords({ author_kind: kind, author_name: name, body }) {
  const words = body || t("file_alone");
  if (kind !== "staff") return words;
  return name && name !== find("[data-inbox]").dataset.name ? `${name}: ${words}` : t("you_said", { text: words });
}
