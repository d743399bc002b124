/** One soft note, made by the browser itself. Called only after somebody touched this frame: browsers refuse it otherwise. */
let context = null;

export async function softNote() {
  try {
    context ??= new AudioContext();
    await context.resume();
  } catch { return; } // a machine without sound
  const tone = context.createOscillator(), volume = context.createGain(), at = context.currentTime;
  tone.frequency.value = 587;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.08, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.45);
}
