// The event stream as a bell: what happens to what this page shows has it read anew, at most so often. Without a
// stream the page asks by itself. Whoever is ready or pauses says so again and again while a page of theirs is open.

import { read, send } from "../../dispatch/js/api.js";
import { Stream } from "../../dispatch/js/stream.js";
import { readAgain } from "./parts.js";

const AT_MOST_EVERY_MS = 1500;
const WITHOUT_STREAM_MS = 5000;
const BACKSTOP_MS = 30000; // what becomes due makes no event
const HEARTBEAT_MS = 30000;
const RIVERS = ["gauge.changed", "gauge.level_changed"];
const DESKS = ["presence.changed", "queue.changed", "handover.changed", "unit_alarm.changed", "broadcast.sent"];
const CAMERAS = document.getElementById("camera-alarm") ? ["camera_summary.changed"] : []; // for who looks after them
const EVERYWHERE = [...DESKS, ...RIVERS, ...CAMERAS];
const live = document.getElementById("live");
const { realm, watch, streams } = live.dataset;
const kinds = new Set([...watch.split(" "), ...EVERYWHERE]);
let head = Number(live.dataset.head);
let readAt = 0;
let timer = null;

function ring() {
  if (timer) return;
  timer = setTimeout(async () => {
    timer = null;
    readAt = Date.now();
    await readAgain();
  }, Math.max(100, readAt + AT_MOST_EVERY_MS - Date.now()));
}

// On a page about one thing only what belongs to it rings, and calls, which may ring at this desk.
function concerns({ kind, payload }) {
  if (!kinds.has(kind)) return false;
  const ids = new Set(live.dataset.about.split(/\s+/).filter(Boolean));
  if (!ids.size || EVERYWHERE.includes(kind) || kind === "call.changed") return true;
  return ids.has(payload.id) || ids.has(payload.incident_id) || ids.has(payload.child_id) || ids.has(payload.parent_id);
}

export function bellBegin() {
  if (streams) {
    const stream = new Stream({
      realm,
      head: () => head,
      taken: (event) => {
        head = Math.max(head, event.sequence);
        if (concerns(event)) ring();
      },
      passed: (sequence) => (head = Math.max(head, sequence)),
      told: (state) => document.body.toggleAttribute("data-offline", state === "lost"),
      poll: (after) => read(`realms/${realm}/events/?after=${after}`),
    });
    stream.start();
  }
  setInterval(ring, streams ? BACKSTOP_MS : WITHOUT_STREAM_MS);
  setInterval(heartbeat, HEARTBEAT_MS);
}

function heartbeat() {
  const state = document.querySelector("[data-presence]")?.dataset.presence;
  if (state && state !== "away") send("POST", "presence/", { state }).catch(() => {});
}
