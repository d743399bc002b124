// @ts-check
/** The agent's desk: one snapshot, one connection, one timer, one field; this file ties them together. */

import { makeRequest } from "../conversation/browser.js";
import { Connection } from "../conversation/socket.js";
import { ask, csrf } from "./api.js";
import { Attention } from "./attention.js";
import { Availability } from "./availability.js";
import { Company } from "./company.js";
import { Composer } from "./composer.js";
import { Context } from "./context.js";
import { Decisions, dialogOf } from "./decisions.js";
import { find, icon, say } from "./dom.js";
import { Header } from "./header.js";
import { listen } from "./keys.js";
import { Link } from "./link.js";
import { Mentions } from "./mentions.js";
import { Panes } from "./panes.js";
import { Places } from "./places.js";
import { Sounds } from "./sounds.js";
import { Store } from "./store.js";
import { claimDesk } from "./tabs.js";
import { undoLatest } from "./toast.js";
import { moment, t } from "./words.js";

/** @typedef {import("./clock.js").Row} Row */
const page = find("[data-inbox]");
const me = { kind: "staff", id: page.dataset.me ?? "" };
const store = new Store();
let active = Number(page.dataset.number) || 0;
/** @type {Row|null} a ticket that is in no place and no list of mine: found by its address */
let visited = null;

const connection = new Connection({
  me,
  request: makeRequest(() => ({ "X-CSRFToken": csrf() })),
  on: { connection: linked, frame: taken, ended },
});
const link = new Link(connection);
const places = new Places(store, open);
const panes = new Panes(connection);
const company = new Company(connection);
const composer = new Composer(connection);
const context = new Context(connection, { topicSet: () => store.refresh(), insert: (text) => composer.append(text) });
const decisions = new Decisions({ row: current, stepsLeft: (number) => context.stepsLeft(number), done: settled, open, now: () => store.now() });
const header = new Header(decide);
const sounds = new Sounds(page.dataset.sound === "on", drawSound);
const attention = new Attention(store, sounds, () => active);
/** @type {import("./letters.js").Letters|null} comes with the first letter */
let letters = null;
const mentions = new Mentions("inbox", () => current()?.conversation, open);
new Availability(store);

function current() {
  return store.row(active) ?? visited;
}

store.addEventListener("change", () => {
  panes.keep(store.chats());
  for (const badge of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-waiting]"))) {
    const count = store.rows().filter((row) => row.waiting_since).length;
    badge.hidden = !count;
    say(badge, String(count));
  }
  draw();
});

/** Show the ticket of this number. @param {number} number */
async function open(number) {
  active = number;
  if (!store.row(number)) visited = await findTicket(number);
  if (active !== number) return;
  history.replaceState(null, "", number && current() ? `/inbox/${number}/` : "/inbox/");
  draw();
  composer.focus();
}

/** @param {number} number @returns {Promise<Row|null>} */
async function findTicket(number) {
  if (!number) return null;
  const answer = await ask("GET", `tickets/${number}`).catch(() => null);
  return answer?.ticket ?? answer;
}

/** @type {Promise<void>|null} */
let mail = null;

/** What only letters need comes with the first of them. */
function fetchMail() {
  mail ??= import("./mail.js").then(({ Identity, Letters, Recipients }) => {
    composer.recipients = new Recipients();
    letters = new Letters(connection, composer, settled, open);
    context.identify(Identity);
    draw();
  }, () => { mail = null; }); // no network: the next change asks again
}

function draw() {
  const row = current();
  places.active = row ? active : 0;
  find("[data-none]").hidden = Boolean(row) || !store.snapshot;
  const comes = row && row.channel !== "chat" && !letters;
  if (comes) fetchMail();
  if (row && !comes) drawConversation(row);
  else drawNone();
  tick();
}

/** @param {Row} row */
function drawConversation(row) {
  const mine = store.row(row.number) ? row.is_mine : row.assignee?.id === me.id;
  const mayTake = row.channel !== "chat" && (store.row(row.number) ? !row.is_mine : !row.assignee);
  header.show(row, { mine, mayTake });
  panes.show(row.conversation);
  company.show(row.conversation);
  if (!document.hidden) mentions.seen(row.conversation);
  composer.show(row, mine && row.status !== "resolved");
  context.show(row.number);
  letters?.show(row);
}

function drawNone() {
  header.hide();
  panes.hide();
  company.show("");
  letters?.hide();
  composer.root.hidden = true;
  context.hide();
  const letter = store.snapshot?.letters.find((row) => row.due_at);
  say(find("[data-none-text]"), letter ? t("none_letters", { moment: moment(letter.due_at ?? "", store.now()) }) : t("none_quiet"));
  const button = find("[data-none-open]");
  button.hidden = !letter;
  button.onclick = () => letter && open(letter.number);
}

/** A decision was made: the ticket goes, the next waiting one is one key away. @param {Row} row */
async function settled(row) {
  visited = null;
  await store.refresh();
  if (row.number === active && !store.row(row.number)) return open(0);
  draw();
  if (row.channel !== "chat") await context.reload(); // what the panel offers depends on who leads the letter
  return undefined;
}

/** @param {string} act the button's, one of these or a decision */
function decide(act) {
  /** @type {Record<string, () => any>} */
  const acts = { queue: () => decisions.transfer(true), context: () => context.toggle(), list: toList };
  if (acts[act]) acts[act]();
  else /** @type {any} */ (decisions)[act]?.();
}

/** On a phone: everything that waits, with what was open under the finger. */
async function toList() {
  const was = active;
  await open(0);
  /** @type {HTMLElement|null} */ (document.querySelector(`.places [data-ticket="${was}"]`))?.focus();
}

// The live side

/** @param {any} frame */
function taken(frame) {
  if (frame.now) store.tune(frame.now, Date.now(), Date.now());
  store.taken(frame);
  if (frame.type === "typing.shown" && frame.author.kind !== "staff") places.typing(frame.conversation, frame.ttl);
  company.taken(frame);
  mentions.taken(frame);
  if (frame.type === "delivery.moved") letters?.moved(frame);
  if (frame.type === "entry.posted") {
    if (frame.entry.author.kind !== "staff") places.typing(frame.conversation, 0);
    if (frame.entry.author.id !== me.id) link.missed();
    if (["topic_set", "verified", "unverified", "document"].includes(frame.entry.kind) && frame.conversation === current()?.conversation) context.reload();
  }
}

find("[data-panes]").addEventListener("conversation:unread", (event) => {
  const pane = /** @type {HTMLElement} */ (event.target);
  store.seen(pane.getAttribute("conversation") ?? "", /** @type {CustomEvent} */ (event).detail.count);
});

/** What may not be said goes back into the field with the reason; nothing typed is lost. */
find("[data-panes]").addEventListener("conversation:failed", (event) => {
  const { code, words, id } = /** @type {CustomEvent} */ (event).detail;
  const conversation = /** @type {HTMLElement} */ (event.target).getAttribute("conversation") ?? "";
  if (code === "disclosure" || code === "sealed") composer.takeBack(conversation, id, words);
});

function refresh() {
  store.refresh().catch(() => undefined);
}

/** @param {{online: boolean}} change */
function linked(change) {
  link.changed(change);
}

/** @param {string} reason */
function ended(reason) {
  if (reason === "ended") location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
  else link.stopped(reason);
}

// Time and attention

function tick() {
  if (document.hidden && store.snapshot) attention.title();
  places.tick();
  header.tick(store.now());
  company.tick();
  link.tick();
  attention.tick();
}

function drawSound() {
  const button = find("[data-sound-switch]");
  button.setAttribute("aria-label", t(sounds.on ? "sound_on" : "sound_off"));
  button.replaceChildren(icon(sounds.on ? "sound" : "sound-off", "i--18"));
  button.hidden = sounds.blocked;
  find("[data-sound-wake]").hidden = !sounds.blocked;
}

find("[data-sound-switch]").addEventListener("click", () => sounds.toggle());

/** @param {number} by */
function walk(by) {
  const chats = store.chats();
  const at = chats.findIndex((row) => row.number === active);
  const next = chats[(at + by + chats.length) % chats.length] ?? chats[0];
  if (next) open(next.number);
}

/** @param {number} place */
const toPlace = (place) => () => {
  const ticket = store.snapshot?.slots.find((slot) => slot.number === place)?.ticket;
  if (ticket) open(ticket.number);
};

listen({
  ...Object.fromEntries([..."123456789"].flatMap((n) => [[`Alt+Digit${n}`, toPlace(+n)], [`Control+Shift+Digit${n}`, toPlace(+n)]])),
  "Alt+Digit0": () => places.openUrgent(),
  "Alt+ArrowUp": () => walk(-1),
  "Alt+ArrowDown": () => walk(1),
  "Alt+KeyN": () => composer.toggleMode(),
  "Alt+KeyS": () => composer.focusSuggestions(),
  "Alt+KeyT": () => decide("transfer"),
  "Alt+KeyP": () => decide("snooze"),
  "Alt+KeyZ": () => undoLatest() || decide("finish"),
  "Alt+KeyI": () => context.toggle(),
  "Alt+KeyH": () => context.toHistory(),
  "Alt+KeyM": () => sounds.toggle(),
  "Control+Slash": () => decisions.keys(),
  Escape: () => undoLatest(true) || (context.isOpen ? context.toggle(false) : composer.focus()),
});

// One tab works at a time

const takeOver = claimDesk({
  mine() {
    if (dialogOf("elsewhere").open) dialogOf("elsewhere").close();
    connection.start();
    refresh();
  },
  lost() {
    connection.stop();
    dialogOf("elsewhere").showModal();
  },
});
dialogOf("elsewhere").addEventListener("cancel", (event) => event.preventDefault());
dialogOf("elsewhere").addEventListener("submit", takeOver);

setInterval(tick, 1000);
drawSound();
store.refresh().then(() => open(active), () => undefined);
