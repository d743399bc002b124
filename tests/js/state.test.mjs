import assert from 'node:assert/strict';
import test from 'node:test';
import { isRead, newState, reduce, unread } from '../../static/conversation/state.js';

const me = { kind: 'borrower', id: 'anna' };
const entry = (seq, who = 'staff', extra = {}) => ({
  seq, kind: 'message', author: { kind: who, id: who === 'staff' ? 'elena' : 'anna', name: who }, id: `id-${seq}`,
  body: `text ${seq}`, created_at: '2026-11-23T09:00:00.000Z', attachments: [], data: {}, ...extra,
});
const run = (state, ...events) => events.reduce((one, event) => reduce(one, event), state);
const ready = (count = 2, last = 'staff') => run(newState(me),
  { type: 'loaded', entries: Array.from({ length: count }, (_, at) => entry(at + 1, last)), seen: { borrower: count } },
  { type: 'connected' });
const effects = (state, type) => state.effects.filter((one) => one.type === type);
const post = (id) => ({ type: 'post', message: { id, body: id, at: 0 } });

test('a gap is never shown: the log is asked for after the last entry, once', () => {
  const gap = reduce(ready(), { type: 'entry.posted', entry: entry(4) });
  assert.deepEqual(gap.entries.map((one) => one.seq), [1, 2]);
  assert.deepEqual(effects(gap, 'subscribe'), [], 'the subscription after 2 was asked for on connecting');
  const synced = run(gap, { type: 'synced' }, { type: 'entry.posted', entry: entry(4) });
  assert.deepEqual(effects(synced, 'subscribe'), [{ type: 'subscribe', after: 2 }]);
  const again = reduce(synced, { type: 'entry.posted', entry: entry(5) });
  assert.equal(effects(again, 'subscribe').length, 0);
  const healed = run(again, { type: 'entry.posted', entry: entry(3) }, { type: 'entry.posted', entry: entry(4) });
  assert.deepEqual(healed.entries.map((one) => one.seq), [1, 2, 3, 4]);
});

test('an entry that was seen already is ignored', () => {
  const state = ready();
  assert.equal(reduce(state, { type: 'entry.posted', entry: entry(2) }).entries.length, 2);
});

test('messages leave one by one in the order of typing', () => {
  let state = run(ready(), post('a'), post('b'));
  assert.equal(state.inFlight, 'a');
  state = reduce(state, { type: 'posted', id: 'a', seq: 3 });
  assert.deepEqual(effects(state, 'send').map((one) => one.post.id), ['b']);
});

test('the entry takes the place of the pending message with the same id', () => {
  const state = run(ready(), post('a'), { type: 'entry.posted', entry: entry(3, 'borrower', { id: 'a' }) });
  assert.equal(state.pending.length, 0);
  assert.equal(state.inFlight, null);
});

test('what waits offline goes in order after reconnecting', () => {
  let state = run(ready(), { type: 'disconnected' }, post('a'), post('b'), post('c'));
  assert.equal(state.inFlight, null);
  const sent = [];
  state = reduce(state, { type: 'connected' });
  for (let seq = 3; seq < 6; seq += 1) {
    const [{ post: one }] = effects(state, 'send');
    sent.push(one.id);
    state = reduce(state, { type: 'posted', id: one.id, seq });
  }
  assert.deepEqual(sent, ['a', 'b', 'c']);
});

test('a message in flight when the connection is lost is sent again with the same id', () => {
  const state = run(ready(), post('a'), { type: 'disconnected' }, { type: 'connected' });
  assert.equal(effects(state, 'send')[0].post.id, 'a');
});

test('a refusal that may be retried rests and repeats the same message before later ones', () => {
  let state = run(ready(), post('a'), post('b'), { type: 'refused', id: 'a', code: 'database' });
  assert.equal(effects(state, 'rest').length, 1);
  assert.equal(effects(state, 'send').length, 0);
  state = reduce(state, { type: 'rested' });
  assert.equal(effects(state, 'send')[0].post.id, 'a');
});

test('a refusal for good is shown with its reason and does not hold the others', () => {
  const state = run(ready(), post('a'), post('b'), { type: 'refused', id: 'a', code: 'too_long' });
  assert.equal(state.pending[0].status, 'failed');
  assert.equal(state.pending[0].code, 'too_long');
  assert.equal(effects(state, 'send')[0].post.id, 'b');
  assert.equal(effects(reduce(run(state, { type: 'posted', id: 'b', seq: 3 }), { type: 'retry', id: 'a' }), 'send')[0].post.id, 'a');
});

test('no answer for eight seconds fails the message, and a new connection tries it again', () => {
  const state = run(ready(), post('a'), { type: 'timeout', id: 'a' });
  assert.equal(state.pending[0].code, 'timeout');
  assert.equal(effects(run(state, { type: 'disconnected' }, { type: 'connected' }), 'send')[0].post.id, 'a');
});

test('nothing overtakes a message that had no answer, whatever becomes of it', () => {
  const silent = run(ready(), post('a'), post('b'), { type: 'timeout', id: 'a' });
  assert.deepEqual(effects(silent, 'send'), []);
  const sent = (...events) => effects(run(silent, ...events), 'send').map((one) => one.post.id);
  assert.deepEqual(sent(post('c')), []);
  assert.deepEqual(sent({ type: 'retry', id: 'a' }), ['a']);
  assert.deepEqual(sent({ type: 'disconnected' }, { type: 'connected' }), ['a']);
  assert.deepEqual(sent({ type: 'posted', id: 'a', seq: 3 }), ['b'], 'the answer came late');
  assert.deepEqual(sent({ type: 'entry.posted', entry: entry(3, 'borrower', { id: 'a' }) }), ['b'], 'or only the entry');
  assert.deepEqual(sent({ type: 'refused', id: 'a', code: 'too_long' }), ['b']);
  assert.deepEqual(sent({ type: 'remove', id: 'a' }), ['b']);
});

test('a repeated send that was stored long ago leaves the outbox', () => {
  const state = run(ready(), post('a'), { type: 'posted', id: 'a', seq: 1, duplicate: true });
  assert.equal(state.pending.length, 0);
});

test('the outbox of an earlier visit lives a day', () => {
  const day = 24 * 3600_000;
  const state = reduce(ready(), { type: 'restored', now: day + 1, pending: [
    { id: 'old', at: 0, status: 'waiting' }, { id: 'young', at: 10, status: 'waiting' }] });
  assert.deepEqual(state.pending.map((one) => one.id), ['young']);
});

test('the divider stands before the first message that came unwatched and leaves on an answer', () => {
  let state = run(ready(), { type: 'entry.posted', entry: entry(3) }, { type: 'entry.posted', entry: entry(4) });
  assert.equal(state.divider, 3);
  assert.equal(unread(state), 2);
  state = reduce(state, post('a'));
  assert.equal(state.divider, 0);
  const watched = run(ready(), { type: 'watch', watching: true }, { type: 'entry.posted', entry: entry(3) });
  assert.equal(watched.divider, 0);
});

test('each incoming message is announced once, own messages and facts never', () => {
  const state = reduce(ready(), { type: 'entry.posted', entry: entry(3) });
  assert.equal(effects(state, 'announce').length, 1);
  assert.equal(effects(reduce(state, { type: 'entry.posted', entry: entry(3) }), 'announce').length, 0);
  assert.equal(effects(reduce(state, { type: 'entry.posted', entry: entry(4, 'borrower') }), 'announce').length, 0);
  assert.equal(effects(reduce(state, { type: 'entry.posted', entry: entry(4, 'staff', { kind: 'assigned' }) }), 'announce').length, 0);
});

test('seen marks only grow and turn own messages to read', () => {
  let state = run(ready(3, 'borrower'), { type: 'seen.moved', reader: 'elena', seq: 2 });
  assert.equal(isRead(state, 2), true);
  assert.equal(isRead(state, 3), false);
  state = reduce(state, { type: 'seen.moved', reader: 'elena', seq: 1 });
  assert.equal(state.seen.elena, 2);
});

test('typing is hidden when its time is over, on a message and on a lost connection', () => {
  const typing = reduce(ready(), { type: 'typing.shown', author: { kind: 'staff', id: 'elena', name: 'Елена' }, ttl: 6, now: 0 });
  assert.equal(typing.typing.elena.name, 'Елена');
  assert.deepEqual(reduce(typing, { type: 'tick', now: 6001 }).typing, {});
  assert.deepEqual(reduce(typing, { type: 'entry.posted', entry: entry(3) }).typing, {});
  assert.deepEqual(reduce(typing, { type: 'disconnected' }).typing, {});
});

test('a redacted message loses its text', () => {
  const state = reduce(ready(), { type: 'entry.posted', entry: entry(3, 'system', { kind: 'redacted', data: { seq: 1 } }) });
  assert.equal(state.entries[0].body, '');
});

test('closing and reopening are facts of the log', () => {
  const closed = reduce(ready(), { type: 'entry.posted', entry: entry(3, 'staff', { kind: 'closed' }) });
  assert.equal(closed.closedAt, '2026-11-23T09:00:00.000Z');
  assert.equal(reduce(closed, { type: 'entry.posted', entry: entry(4, 'staff', { kind: 'reopened' }) }).closedAt, null);
});

test('a file goes when it is uploaded and holds back no text', () => {
  let state = run(ready(), { type: 'post', message: { id: 'f', status: 'uploading', file: { name: 'a.pdf', size: 1 }, at: 0 } }, post('a'));
  assert.equal(state.inFlight, 'a');
  state = run(state, { type: 'progress', id: 'f', progress: 50 }, { type: 'posted', id: 'a', seq: 3 });
  assert.equal(state.inFlight, null);
  state = reduce(state, { type: 'uploaded', id: 'f', attachment: { id: 'x', name: 'a.pdf' } });
  assert.equal(effects(state, 'send')[0].post.attachments[0].id, 'x');
});

test('a far jump fetches the latest page and subscribes after it', () => {
  let state = reduce(ready(), { type: 'reset', seq: 2000 });
  assert.deepEqual(state.effects, [{ type: 'fetch' }]);
  state = reduce(state, { type: 'loaded', entries: [entry(2000)] });
  assert.deepEqual(effects(state, 'subscribe'), [{ type: 'subscribe', after: 2000 }]);
});
