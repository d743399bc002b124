/**
 * Inboxes through the browser's own store: each is shown, told what happened, asks the desk again where it would, and
 * then shows what the desk would show now. `node tests/js/inbox.mjs < WINDOWS`
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

let fresh = {};
Object.assign(globalThis, {
  document: { getElementById: () => null, querySelector: () => null, documentElement: { lang: 'ru' } },
  fetch: async () => ({ ok: true, status: 200, json: async () => structuredClone(fresh) }),
});
const { Store } = await import('../../static/inbox/store.js');

/** What moves by itself, and what the panes of the chats count. */
const still = ({ now, queue, slots, ...rest }) => ({
  ...rest,
  queue: queue.waiting,
  slots: slots.map(({ number, ticket }) => ({ number, ticket: ticket && { ...ticket, unread: null } })),
});

for (const { who, shown, told, expected } of JSON.parse(readFileSync(0, 'utf8'))) {
  fresh = expected;
  const store = new Store();
  store.take(shown);
  told.forEach((frame) => store.taken(frame));
  await new Promise((done) => { setTimeout(done, 0); });
  const words = `the inbox of ${who} does not follow ${JSON.stringify(told.map((frame) => frame.type))}`;
  assert.deepEqual(still(store.snapshot), still(expected), words);
}
