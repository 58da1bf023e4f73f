// The page of one camera live, for those who look after it: a reason first, then the picture.

import { showLive } from "../../dispatch/js/live.js";

const form = document.getElementById("live-form");
const place = document.getElementById("live-place");
let live = null;

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!form.reportValidity()) return;
  live?.stop();
  live = showLive(place, { camera: form.dataset.camera, incident: null, reason: form.elements.reason.value });
});
// Before the page's own keys, which take Escape in a field for leaving it.
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !live || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  event.stopPropagation();
  live.stop();
  live = null;
  place.replaceChildren();
  form.elements.reason.focus();
}, true);
