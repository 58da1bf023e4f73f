// Short tones without files. Each has a twin in the log; they stay silent until the page was touched once.

let context = null;
addEventListener("pointerdown", wake, { once: true });
addEventListener("keydown", wake, { once: true });

function wake() {
  context = context || new AudioContext();
}

function tone(at, hertz, seconds, volume) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.02);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

function play(notes) {
  if (!context || context.state !== "running") return;
  notes.forEach(([delay, hertz, seconds, volume]) => tone(context.currentTime + delay, hertz, seconds, volume));
}

export const callSound = () => play([[0, 740, 0.25, 0.2], [0.3, 590, 0.3, 0.2]]);
export const candidateSound = () => play([[0, 520, 0.15, 0.1], [0.2, 660, 0.2, 0.1]]);
export const lostSound = () => play([[0, 220, 0.2, 0.15], [0.3, 220, 0.2, 0.15], [0.6, 220, 0.2, 0.15]]);
