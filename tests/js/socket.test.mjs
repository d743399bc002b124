import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';

/** A browser of a few lines: sockets that the test closes, timers that it reads, storage that it looks into. */
const kept = new Map(), timers = [], wires = [];
let reloads = 0, roll = 0.5;
Object.assign(globalThis, {
  addEventListener() {}, removeEventListener() {},
  document: { addEventListener() {}, removeEventListener() {}, visibilityState: 'visible' },
  localStorage: new Proxy({}, {
    get: (_, name) => ({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) }[name]),
    ownKeys: () => [...kept.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  }),
  location: { origin: 'https://desk.example', reload: () => { reloads += 1; } },
  setTimeout: (act, delay) => timers.push({ act, delay }), clearTimeout: (at) => { delete timers[at - 1]; },
  setInterval: () => 0, clearInterval() {},
  WebSocket: class {
    static OPEN = 1;
    readyState = 1; sent = [];
    constructor() { wires.push(this); }
    send(frame) { this.sent.push(JSON.parse(frame)); }
    close() { this.readyState = 3; }
  },
});
Math.random = () => roll;
const { Connection } = await import('../../static/conversation/socket.js');

const settled = () => new Promise((done) => { setImmediate(done); });
const told = [];
let tickets = 0;

async function online(me = 'anna') {
  const conn = new Connection({ me: { kind: 'borrower', id: me }, request: async () => ({}), getTicket: async () => `ticket ${tickets += 1}`,
    on: { connection: (state) => told.push(state), ended: (reason) => told.push(reason) } });
  conn.start();
  await settled();
  hear(conn, { type: 'welcome' });
  return conn;
}
const hear = (conn, frame) => conn.wire.onmessage({ data: JSON.stringify(frame) });
const close = (conn, code) => conn.wire.onclose({ code });
const waiting = () => timers.filter(Boolean);
const repeats = () => waiting().filter(({ act }) => String(act).includes('connect'));

beforeEach(() => { timers.length = 0; wires.length = 0; told.length = 0; kept.clear(); reloads = 0; roll = 0.5; });

for (const [code, least, most] of [[1001, 0, 2000], [1012, 0, 2000], [4503, 5000, 30_000]]) {
  test(`${code} connects again after ${least}–${most} ms at random`, async () => {
    for (const [luck, delay] of [[0, least], [0.999999, most]]) {
      const conn = await online();
      timers.length = 0;
      roll = luck;
      close(conn, code);
      const [timer] = repeats();
      assert.ok(Math.abs(timer.delay - delay) < 1, `${timer.delay}`);
      conn.stop();
    }
  });
}

for (const code of [1006, 4401, 4408]) {
  test(`${code} connects again with a fresh ticket, later and later, at random and never after 30 s`, async () => {
    const conn = await online();
    roll = 0.999999;
    timers.length = 0;
    close(conn, code);
    const delays = [];
    for (let n = 0; n < 10; n += 1) {
      const timer = repeats().at(-1);
      delays.push(Math.round(timer.delay));
      timers.length = 0;
      timer.act();
      await settled();
      close(conn, 1006);
    }
    assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    roll = 0;
    conn.tries = 5;
    conn.again();
    assert.equal(repeats().at(-1).delay, 0, 'full jitter');
    const hellos = wires.map((wire) => { wire.onopen(); return wire.sent.at(-1).ticket; });
    assert.equal(new Set(hellos).size, hellos.length, 'every hello has a ticket of its own');
    conn.stop();
  });
}

test('4429 waits as long as the server said before it closed', async () => {
  const conn = await online();
  hear(conn, { type: 'bye', code: 'flood', retry_after: 17 });
  timers.length = 0;
  close(conn, 4429);
  assert.equal(repeats()[0].delay, 17_000);
  repeats()[0].act();
  await settled();
  timers.length = 0;
  close(conn, 1012);
  assert.equal(repeats()[0].delay, 1000, 'a later close has its own time');
});

for (const [code, reason] of [[1009, 'error'], [4400, 'error'], [4409, 'elsewhere'], [4440, 'ended']]) {
  test(`${code} stays closed and says why: ${reason}`, async () => {
    const conn = await online();
    timers.length = 0;
    close(conn, code);
    assert.equal(told.at(-1), reason);
    assert.equal(repeats().length, 0);
    conn.again(0);
    assert.equal(repeats().length, 0, 'nothing but the person starts it again');
    conn.start();
    await settled();
    hear(conn, { type: 'welcome' });
    assert.equal(told.at(-1).online, true);
  });
}

test('4426 loads the page anew, once a minute at most', async () => {
  close(await online(), 4426);
  assert.equal(reloads, 1);
  close(await online(), 4426);
  assert.equal(reloads, 1);
  assert.equal(told.at(-1), 'reload');
});

test('4403 is a conversation that ends, not the line', async () => {
  const conn = await online();
  conn.open('one', 0, () => {});
  hear(conn, { type: 'dropped', conversation: 'one', code: 4403 });
  assert.equal(conn.state('one').mayWrite, false);
  assert.equal(conn.online, true);
});

test('a refusal that can be mended repeats after 0.1 s, doubling to 2 s, with one timer', async () => {
  const conn = await online();
  conn.open('one', 0, () => {});
  for (const body of ['a', 'b', 'c']) conn.post('one', { body });
  const delays = [];
  for (let n = 0; n < 7; n += 1) {
    const [{ id }] = conn.wire.sent.filter(({ type }) => type === 'message.post').slice(-1);
    timers.length = 0;
    hear(conn, { type: 'refused', conversation: 'one', id, code: 'database' });
    assert.equal(waiting().length, 1);
    delays.push(waiting()[0].delay);
    waiting()[0].act();
    const sent = conn.wire.sent.filter(({ type }) => type === 'message.post').at(-1);
    assert.equal(sent.body, 'a', 'what was refused goes first');
  }
  assert.deepEqual(delays, [100, 200, 400, 800, 1600, 2000, 2000]);
});

test('a full disk is told until a message is stored again', async () => {
  const conn = await online();
  conn.open('one', 0, () => {});
  const id = conn.post('one', { body: 'a' });
  hear(conn, { type: 'refused', conversation: 'one', id, code: 'storage', retry_after: 10 });
  assert.equal(told.at(-1).full, true);
  assert.equal(waiting().at(-1).delay, 10_000);
  hear(conn, { type: 'posted', conversation: 'one', id, seq: 1, created_at: '2026-11-23T09:00:00.000Z' });
  assert.equal(told.at(-1).full, false);
});

test('what was not sent is kept for this person and forgotten with the session', async () => {
  const conn = await online('anna');
  close(conn, 1006);
  conn.open('one', 0, () => {});
  conn.post('one', { body: 'не потеряйте' });
  assert.deepEqual([...kept.keys()], ['sd:anna:outbox:one']);
  const other = await online('sergey');
  assert.equal(other.state('one'), undefined, 'somebody else at this browser');
  const again = await online('anna');
  assert.equal(again.state('one').pending[0].body, 'не потеряйте');
  again.logout();
  assert.deepEqual([...kept.keys()], []);
});
