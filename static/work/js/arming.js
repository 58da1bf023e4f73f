// What cannot be undone easily wants a second press of the same key or button; Esc, time or going elsewhere stops it.

import { asked } from "./said.js";

const ARMED_MS = 6000;
let armed = null;

export const isArmed = (button) => armed?.button === button;

export function arm(button) {
  disarm();
  armed = { button, words: [...button.childNodes], timer: setTimeout(disarm, ARMED_MS) };
  button.classList.add("armed");
  const key = button.querySelector("kbd")?.cloneNode(true);
  button.replaceChildren(...(key ? [key, " "] : []), button.dataset.confirm);
  button.focus();
  asked(button.dataset.confirm);
}

// Whether there was something to stop.
export function disarm() {
  if (!armed) return false;
  const { button, words, timer } = armed;
  clearTimeout(timer);
  armed = null;
  button.classList.remove("armed");
  button.replaceChildren(...words);
  asked("");
  return true;
}

export function armingBind() {
  document.addEventListener("focusout", (event) => {
    if (isArmed(event.target)) disarm();
  });
}
