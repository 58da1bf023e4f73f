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
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !live || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  live.stop();
  live = null;
  place.replaceChildren();
  form.elements.reason.focus();
});
