// @ts-check
/** Three quiet sounds, made by the browser itself; nothing to download. */

const QUIET = 10_000;

export class Sounds {
  /** @type {AudioContext|null} */
  #context = null;
  /** @type {Map<string, number>} */
  #last = new Map();

  /** @param {boolean} on @param {() => void} changed */
  constructor(on, changed) {
    this.on = localStorage.getItem("inbox.sound") ? localStorage.getItem("inbox.sound") === "on" : on;
    this.changed = changed;
    const wake = () => this.#wake();
    addEventListener("pointerdown", wake, { once: true });
    addEventListener("keydown", wake, { once: true });
  }

  /** The browser lets no page sound before somebody touched it. */
  get blocked() {
    return this.on && this.#context?.state !== "running";
  }

  toggle() {
    this.on = !this.on;
    localStorage.setItem("inbox.sound", this.on ? "on" : "off");
    this.#wake();
    this.changed();
  }

  newChat() {
    this.#play("new", [[660, 0], [880, 0.14]]);
  }

  /** @param {string} place one tick in ten seconds for each */
  message(place) {
    this.#play(`message ${place}`, [[740, 0]], QUIET);
  }

  late() {
    this.#play("late", [[220, 0]]);
  }

  async #wake() {
    if (!this.on) return;
    this.#context ??= new AudioContext();
    await this.#context.resume().catch(() => undefined);
    this.changed();
  }

  /** @param {string} name @param {number[][]} notes frequency and start @param {number} [quiet] */
  #play(name, notes, quiet = 0) {
    const context = this.#context;
    if (!this.on || context?.state !== "running") return;
    if (Date.now() - (this.#last.get(name) ?? 0) < quiet) return;
    this.#last.set(name, Date.now());
    for (const [frequency, start] of notes) {
      const [tone, volume] = [context.createOscillator(), context.createGain()];
      const at = context.currentTime + start;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    }
  }
}
