/**
 * Recorded traces through the browser's own reducer: at every step it shows a piece of the log, at the end all of it,
 * and nothing of its own waits any more. `node tests/js/replay.mjs FILE`
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { newState, reduce } from '../../static/conversation/state.js';

const traces = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const [number, { me, who, events, log }] of traces.entries()) {
  let state = newState(me);
  for (const [place, event] of events.entries()) {
    state = reduce(state, { ...event, now: 0 });
    const shown = state.entries.map((entry) => [entry.seq, entry.body]);
    assert.deepEqual(shown, log.slice(0, shown.length), `trace ${number} (${who}), event ${place}: not a piece of the log`);
    const ids = new Set(state.entries.map((entry) => entry.id));
    assert.ok(!state.pending.some((post) => ids.has(post.id)), `trace ${number} (${who}), event ${place}: shown twice`);
  }
  assert.equal(state.entries.length, log.length, `trace ${number} (${who}): not all of the log`);
  assert.deepEqual(state.pending, [], `trace ${number} (${who}): something of its own still waits`);
}
console.log(`${traces.length} traces`);
