// What the console knows, and how an event changes it. Pure: no page, no network. Every event carries its whole
// entity, so applying one twice is harmless; one that is older than what is known is left out.

export const EMPTY = Object.freeze({ head: 0, calls: {}, incidents: {}, cameras: {}, matches: {}, timeline: {} });

const PLACES = {
  "call.changed": "calls",
  "incident.changed": "incidents",
  "incident_camera.changed": "cameras",
  "match.changed": "matches",
  "timeline.added": "timeline",
};
const CLOSED = new Set(["closed", "cancelled", "merged"]);

const byId = (rows) => Object.fromEntries(rows.map((row) => [row.id, row]));

// A fresh state of the server; stories that were read already stay.
export function stateTaken(store, state) {
  return {
    head: state.head,
    calls: byId(state.calls),
    incidents: byId(state.incidents),
    cameras: byId(state.incident_cameras),
    matches: byId(state.matches),
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

// What the stream has passed without anything for this user.
export function headTaken(store, sequence) {
  return sequence > store.head ? { ...store, head: sequence } : store;
}

// The story, calls, cameras and candidates of one incident, as read.
export function incidentTaken(store, read) {
  return {
    ...store,
    timeline: { ...store.timeline, ...byId(read.timeline) },
    cameras: { ...store.cameras, ...byId(read.incident_cameras) },
    matches: { ...store.matches, ...byId(read.matches) },
  };
}

const isOver = (place, row) =>
  (place === "calls" && row.state === "closed") || (place === "incidents" && CLOSED.has(row.state));

export const callsWaiting = (store) =>
  Object.values(store.calls)
    .filter((call) => ["queued", "offered", "callback_due"].includes(call.state))
    .sort((a, b) => (a.arrived_at < b.arrived_at ? -1 : 1));

export const callsOf = (store, user) =>
  Object.values(store.calls).filter((call) => ["answered", "held"].includes(call.state) && call.answered_by === user);

export const incidentsOpen = (store) =>
  Object.values(store.incidents).sort(
    (a, b) => a.priority.localeCompare(b.priority) || (a.opened_at < b.opened_at ? 1 : -1),
  );

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
