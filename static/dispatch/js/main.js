// The console: one store, one stream, and panels that draw what is in the store.

import { read, send, waitingWatch, wordsOf } from "./api.js";
import { armingBind } from "./arming.js";
import { CallPanel } from "./call.js";
import { Desk } from "./desk.js";
import { Floods, levelName } from "./floods.js";
import { factsRender, factsTick } from "./facts.js";
import { IncidentForm } from "./form.js";
import { keysBind } from "./keys.js";
import { CityMap } from "./map.js";
import { Matches } from "./matches.js";
import { $, config, log, may, rowsInto } from "./page.js";
import { Pictures } from "./pictures.js";
import { callTitle, Queue, typeName } from "./queue.js";
import { callSound, candidateSound, lostSound } from "./sounds.js";
import * as stores from "./store.js";
import { label, storyLine } from "./story.js";
import { Stream } from "./stream.js";
import { Watch } from "./watch.js";
import { clock, clockSet, gettext, matchState, say } from "./words.js";

let store = stores.EMPTY;
let selectedId = null;
let callId = null;
let isDrawn = true;

clockSet(config.now);
const queue = new Queue({ answer: callAnswer, open: incidentOpen, resume: callResume, callBack: callBackOpen });
const map = new CityMap({ pointed: (lat, lon) => (watch.isDrawing ? watch.corner(lat, lon) : form.place.pointSet(lat, lon)), open: incidentOpen });
const pictures = new Pictures();
const watch = new Watch({ tell, changed: (row) => entityTaken("watches", row), map });
const matches = new Matches({
  reviewed: (match) => {
    entityTaken("matches", match);
    tell(`${match.camera.code}: ${matchState(match.state)}`);
  },
});
const form = new IncidentForm({
  opened: (incident) => {
    entityTaken("incidents", incident);
    tell(say(gettext("Incident #%(number)s is open"), incident));
    incidentOpen(incident.id);
  },
  saved: (incident) => {
    entityTaken("incidents", incident);
    tell(gettext("Saved"));
  },
  placed: (point) => {
    map.draftSet(point);
    map.goTo(point);
  },
  reread: incidentRead,
});

const callPanel = new CallPanel({ told, tell, changed: (call) => entityTaken("calls", call) });
const floods = new Floods({ told, changed: (level) => entityTaken("levels", level) });
const desk = new Desk({ told, changed: (presence) => entityTaken("presences", presence) });

function change(next) {
  store = next;
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(draw);
}

function draw() {
  isDrawn = true;
  queue.render(store, selectedId);
  const incident = store.incidents[selectedId];
  if (incident) form.show(incident);
  map.render(store, selectedId);
  pictures.render(store, selectedId);
  watch.render(store, selectedId);
  matches.render(store, selectedId);
  const mine = stores.callsOf(store, config.user);
  callPanel.render(mine.find((call) => call.id === callId) || mine[0] || null);
  desk.render(store);
  floods.render(store);
  factsRender(store, incident);
  storyDraw();
}

function storyDraw() {
  const lines = selectedId ? stores.timelineOf(store, selectedId) : [];
  rowsInto($("timeline"), lines, lineMake, () => {});
}

function lineMake(line) {
  const node = document.createElement("li");
  const time = document.createElement("time");
  time.dateTime = line.occurred_at;
  time.textContent = clock(line.occurred_at);
  const words = document.createElement("span");
  words.textContent = `${storyLine(line)}${line.author ? ` — ${line.author}` : ""}`;
  node.append(time, words);
  return node;
}

// An answer of the server, before its event comes.
function entityTaken(place, row) {
  change({ ...store, [place]: { ...store[place], [row.id]: row } });
}

function tell(words) {
  log(words, clock());
}

async function told(work) {
  try {
    return await work();
  } catch (error) {
    tell(`✗ ${wordsOf(error)}`);
    return null;
  }
}

async function callAnswer(id) {
  const call = await told(() => send("POST", `calls/${id}/answer/`));
  if (!call) return;
  entityTaken("calls", call);
  callResume(id);
}

function callResume(id) {
  const call = store.calls[id];
  callId = id;
  if (call.incident_id && store.incidents[call.incident_id]) {
    incidentOpen(call.incident_id);
    return;
  }
  begin(call);
}

// The one that rings here; where none does, the one that waits longest.
function callNext() {
  const call = stores.callRinging(store, config.user) || stores.callsWaiting(store)[0];
  if (call) callAnswer(call.id);
}

// Each attempt is written down with its outcome, which has its page.
function callBackOpen(id) {
  location.assign(`${$("call-work").dataset.base}${id}/`);
}

function begin(call) {
  selectedId = null;
  form.begin(call);
  map.draftSet(null);
  change(store);
  $("place").focus();
}

function incidentOpen(id) {
  selectedId = id;
  map.draftSet(null);
  map.goTo(store.incidents[id]);
  change(store);
  incidentRead(id);
}

async function incidentRead(id) {
  const answer = await told(() => read(`incidents/${id}/`));
  if (answer) change(stores.incidentTaken(store, answer));
}

function escape() {
  const incident = store.incidents[selectedId];
  if (incident) {
    form.isDirty = false;
    form.incident = { ...incident, revision: 0 };
    form.show(incident);
  }
  queue.focus();
}

function eventHeard(event) {
  const before = store;
  change(stores.eventTaken(store, event));
  if (before === store) return;
  const row = event.payload;
  if (event.kind === "call.changed" && row.state === "queued") {
    callSound();
    tell(say(gettext("A call is waiting: %(call)s"), { call: callTitle(row) }));
  }
  if (event.kind === "call.changed" && row.state === "offered" && row.offered_to === config.user) {
    tell(say(gettext("Rings at your desk: %(call)s"), { call: callTitle(row) }));
  }
  if (event.kind === "broadcast.sent") broadcastTell(row);
  if (event.kind === "incident.changed") overdueTell(before.incidents[row.id], row);
  if (event.kind === "incident.changed" && !before.incidents[row.id]) {
    tell(say(gettext("New: %(type)s #%(number)s"), { type: typeName(row.type), number: row.number }));
  }
  if (event.kind === "gauge.level_changed" && !row.ended_at && !before.levels[row.id]) {
    if (row.new < (row.old || 4)) candidateSound();
    tell(`${levelName(row.new)}: ${row.name} (${row.river}) ${row.height_cm} cm`);
  }
  if (event.kind === "match.changed" && row.state === "proposed" && !before.matches[row.id]) {
    if (row.tier === "pushed") candidateSound();
    tell(say(gettext("Candidate at %(camera)s wants a judgement (F6)"), { camera: row.camera.code }));
  }
}

function broadcastTell(row) {
  tell(`⚑ ${say(gettext("Broadcast by %(sent_by)s: %(text)s"), row)}`);
}

function overdueTell(before, row) {
  if (!row.escalation || before?.escalation === row.escalation) return;
  const words = { number: row.number, level: label("level", row.escalation), step: label("step", row.next_step) };
  tell(`▲ ${say(gettext("Overdue, told to the %(level)s: #%(number)s %(step)s"), words)}`);
}

function linkTold(state) {
  const words = {
    open: gettext("Connected"), lost: gettext("Connection lost"), polling: gettext("Connected (slower way)"),
  }[state];
  if ($("link").dataset.state !== "lost" && state === "lost") lostSound();
  $("link").dataset.state = state;
  $("link-text").textContent = words;
  $("banner").hidden = state !== "lost";
  $("banner").textContent = gettext("Connection lost. Go on working: what you send is kept and sent again.");
}

const stream = new Stream({
  realm: config.realm,
  head: () => store.head,
  taken: eventHeard,
  passed: (sequence) => change(stores.headTaken(store, sequence)),
  told: linkTold,
  poll: (head) => read(`realms/${config.realm}/events/?after=${head}`),
});

async function start() {
  const state = await told(() => read("state/"));
  if (!state) {
    linkTold("lost");
    setTimeout(start, 2000);
    return;
  }
  change(stores.stateTaken(store, state));
  Object.values(store.broadcasts).forEach(broadcastTell); // those that came before this console was opened
  stream.start();
}

$("new").addEventListener("click", () => begin(null));
$("pull").addEventListener("click", async () => {
  const incident = await told(() => send("POST", `incidents/${selectedId}/rounds/`));
  if (incident) entityTaken("incidents", incident);
});
$("note-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = $("note").value.trim();
  if (!words) return;
  const line = await told(() => send("POST", `incidents/${selectedId}/notes/`, { text: words }));
  if (!line) return;
  $("note").value = "";
  entityTaken("timeline", line);
});
$("pull").hidden = !may("camera.pull");
keysBind({
  F1: () => queue.focus(),
  F2: () => $("type").focus(),
  F3: () => $("place").focus(),
  F4: () => map.focus(),
  F6: () => matches.focus(),
  F8: () => pictures.focus(),
  F9: () => watch.open(),
  nth: (index) => {
    const incident = stores.incidentsOpen(store)[index];
    if (incident) incidentOpen(incident.id);
  },
  begin: () => begin(null),
  answer: callNext,
  call: () => callPanel.focus(),
  presence: () => desk.toggle(),
  submit: () => ($("match").contains(document.activeElement) ? matches.send() : form.submit()),
  escape,
});
waitingWatch((count) => document.body.toggleAttribute("data-sending", count > 0));
setInterval(() => {
  $("clock").textContent = `${clock()} WIB`;
  queue.tick();
  factsTick();
  desk.tick();
  floods.tick();
  watch.tick();
}, 500);
armingBind();
start();
