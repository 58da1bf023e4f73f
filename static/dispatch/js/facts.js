// What stands between the form and the story of an incident: who sees to it, what is next, who is on it.

import { $, rowsInto, text } from "./page.js";
import { assignmentsOf, partsOf, stormOf } from "./store.js";
import { label } from "./story.js";
import { clock, due, isOver } from "./words.js";

export function factsRender(store, incident) {
  $("facts").hidden = !incident;
  if (!incident) return;
  text($("facts"), "#fact-owner", incident.owner || "–");
  text($("facts"), "#fact-step", `${label("step", incident.next_step)} ${incident.next_step_text}`.trim());
  const time = $("fact-due");
  time.hidden = !incident.due_at;
  time.dateTime = incident.due_at || "";
  text($("facts"), "#fact-level", incident.escalation ? `▲ ${label("level", incident.escalation)}` : "");
  rowsInto($("fact-parts"), partsOf(store, incident.id), item, (node, part) =>
    fill(node, part.agency_name, label("part", part.state), part.state === "notified" && part.answer_due_at),
  );
  rowsInto($("fact-units"), assignmentsOf(store, incident.id), item, (node, row) =>
    fill(node, row.unit, label("assignment", row.state), null),
  );
  $("fact-storm").hidden = !stormOf(store, incident.id);
  $("incident-work").href = `${$("incident-work").dataset.base}${incident.id}/`;
  factsTick();
}

// What becomes due makes no event.
export function factsTick() {
  const times = $("facts").hidden ? [] : $("facts").querySelectorAll("time[data-due]");
  for (const time of times) {
    if (!time.dateTime) continue;
    time.textContent = time.id === "fact-due" ? `${clock(time.dateTime)} · ${due(time.dateTime)}` : due(time.dateTime);
    time.classList.toggle("late", isOver(time.dateTime));
  }
}

function item() {
  const node = document.createElement("li");
  const [name, state, time] = ["b", "span", "time"].map((tag) => document.createElement(tag));
  state.className = "sub";
  time.dataset.due = "";
  node.append(name, state, time);
  return node;
}

function fill(node, name, state, dueAt) {
  text(node, "b", name);
  text(node, ".sub", state);
  const time = node.querySelector("time");
  time.hidden = !dueAt;
  time.dateTime = dueAt || "";
}
