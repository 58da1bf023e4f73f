// F1: waiting calls and open incidents.

import { $, arrowsIn, copyOf, config, rowsInto, text } from "./page.js";
import { callsOf, callsWaiting, camerasOf, incidentsOpen, isOpenMatch, matchesOf } from "./store.js";
import { age, gettext, incidentState, say, SHAPES } from "./words.js";

// In the caller's words, else by position, else not yet known.
function whereOf(row) {
  if (row.place_text) return row.place_text;
  return row.lat === null ? gettext("place unknown") : `${row.lat.toFixed(5)}, ${row.lon.toFixed(5)}`;
}

const ANSWER_WITHIN_MS = 15000;
const typeNames = Object.fromEntries(config.types.map((kind) => [kind.code, kind.name]));
export const typeName = (code) => typeNames[code] || code;
export const callTitle = (call) => `${call.number} · ${call.caller_number || gettext("no number (no SIM)")}`;

export class Queue {
  constructor({ answer, open, resume }) {
    Object.assign(this, { answer, open, resume });
    arrowsIn($("calls"));
    arrowsIn($("incidents"));
  }

  focus() {
    const list = $("calls").querySelector("button") || $("incidents").querySelector("button") || $("new");
    list.focus();
  }

  render(store, selectedId) {
    const mine = callsOf(store, config.user);
    const calls = [...mine, ...callsWaiting(store)];
    $("calls-empty").hidden = calls.length > 0;
    rowsInto($("calls"), calls, (call) => this.callMake(call), (node, call) => callFill(node, call, mine));
    const incidents = incidentsOpen(store);
    $("incidents-empty").hidden = incidents.length > 0;
    rowsInto($("incidents"), incidents, (row) => this.incidentMake(row), (node, row, index) =>
      incidentFill(node, row, index, store, selectedId),
    );
    this.renderWaiting(callsWaiting(store));
  }

  tick() {
    document.querySelectorAll(".row .age").forEach((node) => {
      node.textContent = age(node.dateTime);
      const isLate = node.dataset.lateMs && Date.now() - new Date(node.dateTime).getTime() > Number(node.dataset.lateMs);
      node.classList.toggle("late", Boolean(isLate));
    });
    if (this.oldest) this.renderWaiting(this.waiting);
  }

  renderWaiting(calls) {
    this.waiting = calls;
    this.oldest = calls[0];
    const words = calls.length
      ? say(gettext("Queue %(count)s · oldest %(age)s"), { count: calls.length, age: age(calls[0].arrived_at) })
      : gettext("Queue empty");
    $("waiting").textContent = words;
    $("waiting").classList.toggle("alarm", calls.length > 0);
  }

  callMake(call) {
    const node = copyOf("call-row");
    node.querySelector("button").addEventListener("click", () =>
      node.dataset.mine ? this.resume(call.id) : this.answer(call.id),
    );
    return node;
  }

  incidentMake(row) {
    const node = copyOf("incident-row");
    node.querySelector("button").addEventListener("click", () => this.open(row.id));
    return node;
  }
}

function callFill(node, call, mine) {
  const isMine = mine.includes(call);
  node.dataset.mine = isMine ? "1" : "";
  node.querySelector("button").classList.toggle("mine", isMine);
  text(node, ".title", callTitle(call));
  text(node, ".sub", isMine ? gettext("your call; Enter goes on with it") : gettext("waiting; Enter answers"));
  const time = text(node, ".age", age(isMine ? call.answered_at : call.arrived_at));
  time.dateTime = isMine ? call.answered_at : call.arrived_at;
  time.dataset.lateMs = isMine ? "" : ANSWER_WITHIN_MS;
}

function incidentFill(node, row, index, store, selectedId) {
  const button = node.querySelector("button");
  button.className = `row ${row.priority}`;
  button.toggleAttribute("aria-current", row.id === selectedId);
  if (row.id === selectedId) button.setAttribute("aria-current", "true");
  if (index < 9) button.setAttribute("aria-keyshortcuts", `Alt+${index + 1}`);
  text(node, ".mark", `${row.priority} ${SHAPES[row.priority]}`);
  text(node, ".title", `${typeName(row.type)} #${row.number}`);
  text(node, ".main .sub", `${whereOf(row)} · ${incidentState(row.state)}`);
  const parts = progressOf(row, store);
  const progress = text(node, ".progress", parts.words);
  progress.classList.toggle("candidates", parts.hasCandidates);
  const time = text(node, ".age", age(row.opened_at));
  time.dateTime = row.opened_at;
}

function progressOf(row, store) {
  const cameras = camerasOf(store, row.id);
  const done = cameras.filter((camera) => ["analysed", "failed"].includes(camera.state)).length;
  const candidates = matchesOf(store, row.id).filter(isOpenMatch).length;
  const words = [];
  if (candidates) words.push(say(gettext("○ %(count)s candidates to judge"), { count: candidates }));
  if (cameras.length) words.push(say(gettext("%(done)s/%(all)s cameras"), { done, all: cameras.length }));
  else if (row.rounds_wanted > row.rounds_assigned) words.push(gettext("choosing cameras …"));
  else if (row.rounds_assigned) words.push(gettext("no camera near"));
  return { words: words.join(" · "), hasCandidates: candidates > 0 };
}
