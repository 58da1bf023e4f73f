// One line of an incident's story, in words; the words for codes come from the server with the page.

import { config } from "./page.js";
import { clock, fault, gettext, matchState, say } from "./words.js";

// The word for a code of one of the server's lists.
export const label = (list, code) => config.labels[list]?.[code] ?? code ?? "–";

export function storyLine(line) {
  const data = line.data || {};
  const made = LINES[line.kind] ? LINES[line.kind](data) : label("timeline", line.kind);
  if (line.kind === "note") return line.text;
  return line.text ? `${made} — ${line.text}` : made;
}

const LINES = {
  opened: (data) => (data.call ? say(gettext("Incident opened from call %(call)s"), data) : gettext("Incident opened")),
  call_joined: (data) => say(gettext("Call %(call)s joined"), data),
  changed: (data) => say(gettext("Changed: %(fields)s"), { fields: [...new Set(Object.keys(data).map(fieldName))].join(", ") }),
  cameras_asked: (data) =>
    data.cameras ? say(gettext("%(cameras)s cameras asked"), data) : gettext("No camera is near: look at the place"),
  camera_failed: (data) => `${data.camera}: ${fault(data.fault)}`,
  candidate: (data) => say(gettext("Candidate at %(camera)s"), data),
  reviewed: (data) => `${data.camera}: ${matchState(data.state)}`,
  state: (data) => `${label("incident", data.old)} → ${label("incident", data.new)}`,
  linked: (data) => `#${data.child} ${label("link", data.kind)} #${data.parent}`,
  unlinked: (data) => `${label("timeline", "unlinked")}: #${data.child} ${label("link", data.kind)} #${data.parent}`,
  person: (data) => `${data.added ? "+" : "−"} ${label("person", data.role)}`,
  part: (data) => `${label("agency", data.agency)}: ${label("part", data.state)}`,
  assignment: (data) => `${data.unit}: ${label("assignment", data.state)}`,
  protocol: (data) => `${label("timeline", "protocol")}: ${label("card", data.card)}`,
  next_step: (data) => `${label("timeline", "next_step")}: ${label("step", data.step)} · ${clock(data.due_at)}`,
  escalated: (data) => `▲ ${label("level", data.level)}: ${label("step", data.step)}`,
  handed_over: (data) => `${data.from || "–"} → ${data.to}`,
  contact: (data) => `${label("timeline", "contact")}: ${label("callback", data.outcome)}`,
  storm: (data) => (data.on ? gettext("Storm mode on") : gettext("Storm mode off")),
};

const FIELDS = {
  type: () => gettext("type"), priority: () => gettext("priority"), place: () => gettext("place"),
  place_text: () => gettext("place"), lat: () => gettext("position"), lon: () => gettext("position"),
  radius_m: () => gettext("position"), summary: () => gettext("what is told"),
  caller_name: () => gettext("caller"), caller_number: () => gettext("telephone"),
};
const fieldName = (name) => (FIELDS[name] || (() => name))();
