// @ts-check
/** One desk in one tab: a second tab says so and may take the work over. */

const NAME = "supportdesk.inbox";

/**
 * @param {{lost: () => void, mine: () => void}} told `mine` when this tab has the desk, `lost` when another has
 * @returns {() => void} take the desk over
 */
export function claimDesk(told) {
  if (!navigator.locks) {
    told.mine();
    return () => undefined;
  }
  const channel = new BroadcastChannel(NAME);
  /** @type {(() => void)|null} */
  let release = null;
  channel.addEventListener("message", () => {
    if (!release) return;
    release();
    release = null;
    told.lost();
  });
  const hold = () =>
    new Promise((done) => {
      release = () => done(undefined);
      told.mine();
    });
  navigator.locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? hold() : told.lost()));
  return () => {
    channel.postMessage("take");
    navigator.locks.request(NAME, hold);
  };
}
