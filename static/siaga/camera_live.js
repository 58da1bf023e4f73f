// A still every two seconds, while somebody can see it; how old it is, and what went wrong.

const { gettext, interpolate } = window;
const PAUSE_MS = 2000;
const OLD_MS = 6000;
const place = document.getElementById("live");
const button = document.getElementById("live-pause");

if (place) {
  const image = place.querySelector("img");
  const output = place.querySelector("output");
  const note = place.querySelector(".errornote");
  const address = `${place.dataset.url}?opening=${encodeURIComponent(place.dataset.opening)}`;
  let receivedMs = 0;
  let isPaused = false;
  let isOver = false;
  let isAsking = false;
  let timer = 0;

  const ageShow = () => {
    const seconds = (Date.now() - receivedMs) / 1000;
    if (receivedMs) output.textContent = interpolate(gettext("%s s old"), [seconds.toFixed(1)]) + (isPaused ? ` · ${gettext("paused")}` : "");
    else output.textContent = isPaused ? gettext("paused") : gettext("waiting for the first picture");
    image.classList.toggle("old", receivedMs > 0 && seconds * 1000 > OLD_MS);
  };

  const faultShow = (text) => {
    note.hidden = !text;
    if (note.textContent !== text) note.textContent = text;
  };

  async function pull() {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    if (!answer.headers.get("Content-Type").startsWith("image/")) {
      const { fault, is_over: over } = await answer.json();
      isOver = over;
      faultShow(fault);
      return;
    }
    const old = image.src;
    image.src = URL.createObjectURL(await answer.blob());
    if (old) URL.revokeObjectURL(old);
    image.hidden = false;
    receivedMs = Date.now();
    faultShow("");
  }

  async function turn() {
    clearTimeout(timer);
    if (isPaused || isOver || document.hidden || isAsking) return;
    isAsking = true;
    const startedMs = Date.now();
    try {
      await pull();
    } catch {
      faultShow(gettext("The server does not answer; trying again."));
    }
    isAsking = false;
    ageShow();
    timer = setTimeout(turn, Math.max(200, PAUSE_MS - (Date.now() - startedMs)));
  }

  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
    ageShow();
    turn();
  });
  document.addEventListener("visibilitychange", turn);
  setInterval(ageShow, 500);
  ageShow();
  turn();
}
