// Timers and the metronome of protocol cards. Each tone has its twin on the button.

import { gettext } from "../../dispatch/js/words.js";

export function cardBind() {
  document.addEventListener("click", (event) => {
    const timer = event.target.closest("button.timer");
    const beat = event.target.closest("button.beat");
    if (timer) countDown(timer);
    if (beat) beatOn(beat);
  });
}

function countDown(button) {
  const words = button.querySelector("span");
  if (!button.classList.toggle("running")) {
    words.textContent = `${button.dataset.seconds} s`;
    return;
  }
  button.classList.remove("over");
  const ends = performance.now() + Number(button.dataset.seconds) * 1000;
  const tick = () => {
    if (!button.classList.contains("running")) return;
    const left = Math.ceil((ends - performance.now()) / 1000);
    words.textContent = left > 0 ? `${left} s` : gettext("Now");
    if (left > 0) setTimeout(tick, 250);
    else {
      button.classList.replace("running", "over");
      tone(660, 0.3);
    }
  };
  tick();
}

let audio = null;

function tone(hertz, seconds) {
  audio ||= new AudioContext();
  const source = audio.createOscillator();
  source.frequency.value = hertz;
  source.connect(audio.destination);
  source.start();
  source.stop(audio.currentTime + seconds);
}

function beatOn(button) {
  const isOn = button.classList.toggle("running");
  button.setAttribute("aria-pressed", String(isOn));
  const every = 60000 / Number(button.dataset.beats);
  let next = performance.now();
  const beat = () => {
    if (!button.classList.contains("running")) return;
    tone(880, 0.05);
    button.classList.toggle("beaten");
    next += every; // from beat to beat, so that late timers do not slow it down
    setTimeout(beat, Math.max(0, next - performance.now()));
  };
  if (isOn) beat();
}
