// What cannot be undone easily wants a second press of the same key or button; Esc, time or going elsewhere stops it.

const ARMED_MS = 6000;
let armed = null;

export const isArmed = (button) => armed?.button === button;

// `tell(words)` says what has to be pressed again, and nothing once it is over.
export function arm(button, tell) {
  disarm();
  armed = { button, tell, words: [...button.childNodes], timer: setTimeout(disarm, ARMED_MS) };
  button.classList.add("armed");
  const key = button.querySelector("kbd")?.cloneNode(true);
  button.replaceChildren(...(key ? [key, " "] : []), button.dataset.confirm);
  button.focus();
  tell(button.dataset.confirm);
}

// Whether there was something to stop.
export function disarm() {
  const { tell } = armed || {};
  if (!release()) return false;
  tell("");
  return true;
}

// It was pressed again: nothing waits any more.
export function release() {
  if (!armed) return false;
  const { button, words, timer } = armed;
  clearTimeout(timer);
  armed = null;
  button.classList.remove("armed");
  button.replaceChildren(...words);
  return true;
}

export function armingBind() {
  document.addEventListener("focusout", (event) => {
    if (isArmed(event.target)) disarm();
  });
}
