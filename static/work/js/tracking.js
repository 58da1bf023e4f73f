// While a crew wishes it, its device tells where it is: at most every five seconds, and only the newest fix.

import { send } from "../../dispatch/js/api.js";
import { clock } from "../../dispatch/js/words.js";

const EVERY_MS = 5000;
const button = document.getElementById("tracking");
const told = document.getElementById("tracked");
const words = button && { on: button.textContent, off: button.dataset.off };
let watch = null;
let sentAt = 0;

const bodyOf = ({ coords, timestamp }) => ({
  lat: coords.latitude,
  lon: coords.longitude,
  accuracy_m: coords.accuracy,
  heading_deg: Number.isFinite(coords.heading) ? coords.heading : null,
  speed_kmh: coords.speed === null ? null : coords.speed * 3.6,
  measured_at: new Date(timestamp).toISOString(),
});

async function tell(fix) {
  if (Date.now() - sentAt < EVERY_MS) return;
  sentAt = Date.now();
  try {
    await send("POST", "unit/position/", bodyOf(fix));
    told.textContent = `${told.dataset.sent} ${clock()}`;
  } catch {
    told.textContent = told.dataset.lost;
  }
}

function stop(text) {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = null;
  button.textContent = words.on;
  button.setAttribute("aria-pressed", "false");
  told.textContent = text;
}

function toggle() {
  if (watch !== null) {
    stop("");
    return;
  }
  watch = navigator.geolocation.watchPosition(tell, () => stop(told.dataset.refused), {
    enableHighAccuracy: true, maximumAge: EVERY_MS,
  });
  button.textContent = words.off;
  button.setAttribute("aria-pressed", "true");
}

button?.addEventListener("click", toggle);
