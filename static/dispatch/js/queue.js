// F1: calls that ring, talk, wait or want to be called back, and open incidents.

import { $, arrowsIn, copyOf, config, rowsInto, text } from "./page.js";
import {
  callbacksDue, callRinging, callsOf, callsWaiting, camerasOf, incidentsOpen, isOpenMatch, matchesOf,
} from "./store.js";
import { label } from "./story.js";
import { age, due, gettext, incidentState, isOver, now, phone, say, SHAPES } from "./words.js";

// In the caller's words, else by position, else not yet known.
function whereOf(row) {
  if (row.place_text) return row.place_text;
  return row.lat === null ? gettext("place unknown") : `${row.lat.toFixed(5)}, ${row.lon.toFixed(5)}`;
}

const ANSWER_WITHIN_MS = 15000;
const typeNames = Object.fromEntries(config.types.map((kind) => [kind.code, kind.name]));
export const typeName = (code) => typeNames[code] || code;
export const callTitle = (call) =>
  `${call.number} · ${call.caller_number ? phone(call.caller_number) : gettext("no number (no SIM)")}`;

export class Queue {
  // `answer`, `resume` and `callBack` take the key of a call, `open` that of an incident.
  constructor(actions) {
    this.actions = actions;
    arrowsIn($("calls"));
    arrowsIn($("incidents"));
  }

  focus() {
    const list = $("calls").querySelector("button") || $("incidents").querySelector("button") || $("new");
    list.focus();
  }

  render(store, selectedId) {
    const rows = callRows(store);
    $("calls-empty").hidden = rows.length > 0;
    rowsInto($("calls"), rows, () => this.callMake(), callFill);
    const incidents = incidentsOpen(store);
    $("incidents-empty").hidden = incidents.length > 0;
    rowsInto($("incidents"), incidents, (row) => this.incidentMake(row), (node, row, index) =>
      incidentFill(node, row, index, store, selectedId),
    );
    this.isAlarm = Object.keys(store.alarms).length > 0;
    this.renderWaiting(callsWaiting(store));
  }

  tick() {
    document.querySelectorAll(".row .age").forEach((node) => {
      const isDue = "due" in node.dataset;
      node.textContent = isDue ? due(node.dateTime) : age(node.dateTime);
      const limit = Number(node.dataset.lateMs || Infinity);
      const isLate = isDue ? isOver(node.dateTime) : now() - new Date(node.dateTime).getTime() > limit;
      node.classList.toggle("late", isLate);
    });
    if (this.waiting?.length) this.renderWaiting(this.waiting);
  }

  renderWaiting(calls) {
    this.waiting = calls;
    const values = { count: calls.length, age: calls.length ? age(calls[0].arrived_at) : "–" };
    const words = calls.length ? say(gettext("Queue %(count)s · oldest %(age)s"), values) : gettext("Queue empty");
    $("waiting").textContent = this.isAlarm ? `▲ ${say(gettext("Queue alarm %(count)s · %(age)s"), values)}` : words;
    $("waiting").className = `pill ${this.isAlarm ? "late" : calls.length ? "alarm" : ""}`;
  }

  callMake() {
    const node = copyOf("call-row");
    node.querySelector("button").addEventListener("click", () => this.actions[node.dataset.does](node.dataset.id));
    return node;
  }

  incidentMake(row) {
    const node = copyOf("incident-row");
    node.querySelector("button").addEventListener("click", () => this.actions.open(row.id));
    return node;
  }
}

// In the order of what is to be done: what rings here, what is mine, who waits, who is to be called back.
function callRows(store) {
  const ringing = callRinging(store, config.user);
  const row = (does) => (call) => ({ id: call.id, call, does });
  return [
    ...(ringing ? [ringing] : []).map(row("answer")),
    ...callsOf(store, config.user).map(row("resume")),
    ...callsWaiting(store).filter((call) => call !== ringing).map(row("answer")),
    ...callbacksDue(store).map(row("callBack")),
  ];
}

function callFill(node, { call, does }) {
  const isRinging = call.state === "offered" && call.offered_to === config.user;
  node.dataset.does = does;
  const button = node.querySelector("button");
  button.className = `row call ${isRinging ? "ringing" : ""} ${does === "resume" ? "mine" : ""} ${does}`;
  text(node, ".mark", does === "callBack" ? "↩" : "☎");
  text(node, ".title", callTitle(call));
  text(node, ".sub", callWords(call, does, isRinging));
  const time = node.querySelector(".age");
  time.toggleAttribute("data-due", does === "callBack");
  time.dateTime = { resume: call.ended_at || call.answered_at, callBack: call.callback_due_at }[does] || call.arrived_at;
  time.dataset.lateMs = does === "answer" ? ANSWER_WITHIN_MS : "";
  text(node, ".age", does === "callBack" ? due(time.dateTime) : age(time.dateTime));
}

function callWords(call, does, isRinging) {
  if (isRinging) return gettext("rings at your desk: Alt A answers");
  if (does === "resume") return say(gettext("yours · %(state)s"), { state: label("call", call.state) });
  if (does === "callBack") return say(gettext("call back · %(count)s tries so far"), { count: call.callback_attempts });
  const marks = [call.is_lowered && gettext("marked number"), call.storm_id && gettext("storm")].filter(Boolean);
  const words = call.offered_to
    ? say(gettext("rings at %(who)s"), { who: call.offered_to })
    : gettext("waiting; Enter answers");
  return [words, ...marks].join(" · ");
}

function incidentFill(node, row, index, store, selectedId) {
  const button = node.querySelector("button");
  button.className = `row ${row.priority}`;
  button.toggleAttribute("aria-current", row.id === selectedId);
  if (row.id === selectedId) button.setAttribute("aria-current", "true");
  if (index < 9) button.setAttribute("aria-keyshortcuts", `Alt+${index + 1}`);
  text(node, ".mark", `${row.priority} ${SHAPES[row.priority]}`);
  text(node, ".title", `#${row.number} ${typeName(row.type)}`);
  text(node, ".where", `${whereOf(row)} · ${incidentState(row.state)}`);
  text(node, ".next", [row.owner, label("step", row.next_step)].filter(Boolean).join(" · "));
  const parts = progressOf(row, store);
  const progress = text(node, ".progress", parts.words);
  progress.classList.toggle("candidates", parts.hasCandidates);
  const time = node.querySelector(".age");
  time.dateTime = row.due_at || row.opened_at;
  time.toggleAttribute("data-due", Boolean(row.due_at));
  text(node, ".age", row.due_at ? due(row.due_at) : age(row.opened_at));
}

function progressOf(row, store) {
  const cameras = camerasOf(store, row.id);
  const done = cameras.filter((row) => row.times_asked > 1 || ["analysed", "failed"].includes(row.state)).length;
  const candidates = matchesOf(store, row.id).filter(isOpenMatch).length;
  const words = [];
  if (candidates) words.push(say(gettext("○ %(count)s candidates to judge"), { count: candidates }));
  if (cameras.length) words.push(say(gettext("%(done)s/%(all)s cameras"), { done, all: cameras.length }));
  else if (row.rounds_wanted > row.rounds_assigned) words.push(gettext("choosing cameras …"));
  else if (row.rounds_assigned) words.push(gettext("no camera near"));
  return { words: words.join(" · "), hasCandidates: candidates > 0 };
}
