// Says so while the server does not answer: on pages without a stream, as on a crew's phone, nothing else would.

import { waitingWatch } from "../../dispatch/js/api.js";

const SLOW_MS = 3000;
const lost = document.getElementById("lost");
let slow = null;

// Whether the page could just be read anew.
export function answered(isThere) {
  lost.hidden = isThere;
}

// What is pressed is sent again until it is answered; who waits for long is told why. `again` reads the page anew.
export function connectionBind(again) {
  addEventListener("offline", () => answered(false));
  addEventListener("online", () => again());
  waitingWatch((count) => {
    clearTimeout(slow);
    slow = count ? setTimeout(() => answered(false), SLOW_MS) : null;
    if (!count) answered(true);
  });
}
