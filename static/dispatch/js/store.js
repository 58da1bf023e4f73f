// What the console knows, and how an event changes it. Pure: no page, no network. Every event carries its whole
// entity, so applying one twice is harmless; one that is older than what is known is left out.

export const EMPTY = Object.freeze({
  head: 0, calls: {}, incidents: {}, cameras: {}, matches: {}, timeline: {}, parts: {}, assignments: {}, links: {},
  storms: {}, alarms: {}, presences: {}, handovers: {}, units: {}, unitAlarms: {}, alerts: {}, gauges: {}, levels: {},
  broadcasts: {}, watches: {},
});

const PLACES = {
  "call.changed": "calls",
  "incident.changed": "incidents",
  "incident_camera.changed": "cameras",
  "camera_watch.changed": "watches",
  "match.changed": "matches",
  "timeline.added": "timeline",
  "part.changed": "parts",
  "assignment.changed": "assignments",
  "link.changed": "links",
  "storm.changed": "storms",
  "queue.changed": "alarms",
  "presence.changed": "presences",
  "handover.changed": "handovers",
  "unit.changed": "units",
  "unit_alarm.changed": "unitAlarms",
  "alert.changed": "alerts",
  "gauge.changed": "gauges",
  "gauge.level_changed": "levels",
  "broadcast.sent": "broadcasts",
};
// Known, and of no use here: an agency's own view of an incident, which this console sees whole; what has its own page.
const IGNORED = new Set(["agency_incident.changed", "quality.changed", "flood_task.changed", "flood_warning.changed",
  "road_block.changed", "camera_summary.changed"]);
export const KINDS = [...Object.keys(PLACES), ...IGNORED];
const CLOSED = new Set(["closed", "cancelled", "merged"]);

const byId = (rows) => Object.fromEntries((rows || []).map((row) => [row.id, row]));

// A fresh state of the server; stories that were read already stay.
export function stateTaken(store, state) {
  return {
    head: state.head,
    calls: byId(state.calls),
    incidents: byId(state.incidents),
    cameras: byId(state.incident_cameras),
    watches: byId(state.camera_watches),
    matches: byId(state.matches),
    parts: byId(state.parts),
    assignments: byId(state.assignments),
    links: byId(state.links),
    storms: byId(state.storms),
    alarms: byId(state.queue),
    presences: byId(state.presences),
    handovers: byId(state.handovers),
    units: byId(state.units),
    unitAlarms: byId(state.unit_alarms),
    alerts: byId(state.alerts),
    gauges: byId(state.gauges),
    levels: byId(state.gauge_levels),
    broadcasts: byId(state.broadcasts),
    timeline: store.timeline,
  };
}

// One event of the stream.
export function eventTaken(store, event) {
  if (event.sequence <= store.head) return store;
  const place = PLACES[event.kind];
  if (!place) return { ...store, head: event.sequence };
  const rows = { ...store[place], [event.payload.id]: event.payload };
  if (isOver(place, event.payload)) delete rows[event.payload.id];
  return { ...store, head: event.sequence, [place]: rows };
}

const OVER = {
  calls: (row) => row.state === "closed",
  incidents: (row) => CLOSED.has(row.state),
  links: (row) => row.ended_at !== null,
  storms: (row) => row.ended_at !== null,
  alarms: (row) => row.ended_at !== null,
  presences: (row) => row.state === "away",
  handovers: (row) => row.state !== "offered",
  units: (row) => !row.is_active,
  unitAlarms: (row) => row.ended_at !== null,
  alerts: (row) => row.state !== "active",
  gauges: (row) => !row.is_active,
  levels: (row) => row.ended_at !== null,
};
const isOver = (place, row) => Boolean(OVER[place]?.(row));

// What the stream has passed without anything for this user.
export function headTaken(store, sequence) {
  return sequence > store.head ? { ...store, head: sequence } : store;
}

// One incident with all that belongs to it, as read.
export function incidentTaken(store, read) {
  return {
    ...store,
    timeline: { ...store.timeline, ...byId(read.timeline) },
    parts: { ...store.parts, ...byId(read.parts) },
    assignments: { ...store.assignments, ...byId(read.assignments) },
    cameras: { ...store.cameras, ...byId(read.incident_cameras) },
    watches: { ...store.watches, ...byId(read.camera_watches) },
    matches: { ...store.matches, ...byId(read.matches) },
  };
}

const callsIn = (store, states) => Object.values(store.calls).filter((call) => states.includes(call.state));
const early = (name) => (a, b) => (a[name] < b[name] ? -1 : 1);

// Who has not been answered, the longest first.
export const callsWaiting = (store) => callsIn(store, ["queued", "offered"]).sort(early("arrived_at"));

export const callRinging = (store, user) =>
  callsIn(store, ["offered"]).find((call) => call.offered_to === user) || null;

// What is on this person's desk: who talks first, then what is to be given a class.
export const callsOf = (store, user) => {
  const rank = ["answered", "held", "wrap_up", "ended"];
  return callsIn(store, rank)
    .filter((call) => call.answered_by === user)
    .sort((a, b) => rank.indexOf(a.state) - rank.indexOf(b.state) || early("answered_at")(a, b));
};

export const callbacksDue = (store) => callsIn(store, ["callback_due"]).sort(early("callback_due_at"));

export const incidentsOpen = (store) =>
  Object.values(store.incidents).sort(
    (a, b) => a.priority.localeCompare(b.priority) || (a.opened_at < b.opened_at ? 1 : -1),
  );

const ofIncident = (rows, incidentId, order) =>
  Object.values(rows).filter((row) => row.incident_id === incidentId).sort(early(order));

export const partsOf = (store, incidentId) => ofIncident(store.parts, incidentId, "notified_at");
export const assignmentsOf = (store, incidentId) => ofIncident(store.assignments, incidentId, "made_at");
export const stormOf = (store, incidentId) =>
  Object.values(store.storms).find((storm) => storm.incident_id === incidentId) || null;

// How much is overdue at a moment (ms), of this person's and of all, as the plain pages count it.
export function overdueCount(store, user, at) {
  const isLate = (moment) => moment !== null && Date.parse(moment) <= at;
  const incidents = Object.values(store.incidents).filter((row) => isLate(row.due_at));
  const calls = callbacksDue(store)
    .filter((call) => isLate(call.callback_due_at))
    .concat(callsIn(store, ["ended", "wrap_up"]).filter((call) => call.escalation));
  const parts = Object.values(store.parts).filter(
    (part) => part.state === "notified" && isLate(part.answer_due_at) && store.incidents[part.incident_id],
  );
  const mine =
    incidents.filter((row) => row.owner === user).length +
    calls.filter((call) => call.answered_by === user).length +
    parts.filter((part) => store.incidents[part.incident_id].owner === user).length;
  return { mine, all: incidents.length + calls.length + parts.length };
}

// Call signs of units whose emergency nobody has ended, the longest first.
export const unitsInDistress = (store) =>
  Object.values(store.unitAlarms)
    .filter((alarm) => alarm.kind === "emergency")
    .sort(early("raised_at"))
    .map((alarm) => alarm.unit);

export function camerasOf(store, incidentId) {
  const rows = Object.values(store.cameras).filter((row) => row.incident_id === incidentId);
  const last = Math.max(0, ...rows.map((row) => row.round));
  return rows.filter((row) => row.round === last).sort((a, b) => a.rank - b.rank);
}

const OPEN_MATCH = new Set(["proposed", "second_review"]);
export const isOpenMatch = (match) => OPEN_MATCH.has(match.state);

export const matchesOf = (store, incidentId) =>
  Object.values(store.matches)
    .filter((match) => match.incident_id === incidentId)
    .sort(
      (a, b) =>
        isOpenMatch(b) - isOpenMatch(a) || (b.tier === "pushed") - (a.tier === "pushed") || b.raw_score - a.raw_score,
    );

export const timelineOf = (store, incidentId) =>
  Object.values(store.timeline)
    .filter((line) => line.incident_id === incidentId)
    .sort((a, b) => (a.occurred_at < b.occurred_at ? 1 : -1));
