// F8: the cameras of the chosen incident, with their pictures as they arrive.

import { openLive } from "./live.js";
import { $, arrowsIn, copyOf, may, rowsInto, text } from "./page.js";
import { camerasOf, isOpenMatch, matchesOf } from "./store.js";
import { cameraState, clock, fault, gettext, ngettext, now, reasonsOf, say } from "./words.js";

export const pictureUrl = (snapshotId, incidentId) => `/api/v1/snapshots/${snapshotId}/picture/?incident=${incidentId}`;

export class Pictures {
  constructor() {
    this.rows = new Map();
    arrowsIn($("pictures"));
    $("viewer-live").hidden = !may("camera.live");
    $("viewer-live").addEventListener("click", () => this.live($("viewer").dataset.row));
    $("viewer").addEventListener("keydown", (event) => this.keyed(event, $("viewer").dataset.row));
  }

  focus() {
    $("pictures").querySelector("button")?.focus();
  }

  render(store, selectedId) {
    const rows = selectedId ? camerasOf(store, selectedId) : [];
    const incident = store.incidents[selectedId];
    const seeing = new Set(matchesOf(store, selectedId).filter(isOpenMatch).map((match) => match.camera.code));
    $("pictures-empty").hidden = rows.length > 0;
    $("pictures-empty").textContent = emptyWords(incident);
    // Who is asked again shows its last picture meanwhile, and counts as done.
    const done = rows.filter((row) => row.times_asked > 1 || ["analysed", "failed"].includes(row.state)).length;
    $("pictures-count").textContent = rows.length ? say(gettext("%(done)s/%(all)s done"), { done, all: rows.length }) : "";
    this.rows = new Map(rows.map((row) => [row.id, row]));
    rowsInto($("pictures"), rows, (row) => this.make(row), (node, row) => fill(node, row, seeing));
  }

  make() {
    const node = copyOf("picture-item");
    node.querySelector("button").addEventListener("click", () => this.enlarge(node));
    node.addEventListener("keydown", (event) => this.keyed(event, node.dataset.id));
    return node;
  }

  enlarge(node) {
    const image = node.querySelector("img");
    if (image.hidden) return;
    $("viewer-title").textContent = node.querySelector("button").getAttribute("aria-label");
    $("viewer-picture").src = image.src;
    $("viewer-picture").alt = image.alt;
    $("viewer").dataset.row = node.dataset.id;
    $("viewer").showModal();
  }

  keyed(event, id) {
    if (event.key.toLowerCase() !== "l" || event.ctrlKey || event.altKey || !may("camera.live")) return;
    event.preventDefault();
    this.live(id);
  }

  live(id) {
    const row = this.rows.get(id);
    if (!row) return;
    $("viewer").close();
    openLive(row.camera, row.incident_id);
  }
}

function emptyWords(incident) {
  if (!incident) return gettext("Choose an incident to see its cameras.");
  if (incident.lat === null) return gettext("The incident has no position yet; set it on the map.");
  if (incident.rounds_wanted > incident.rounds_assigned) return gettext("Cameras are being chosen …");
  return gettext("No camera is registered near this place.");
}

function fill(node, row, seeing) {
  const button = node.querySelector("button");
  button.className = `picture ${row.state}${seeing.has(row.camera.code) ? " has-candidate" : ""}`;
  const image = node.querySelector("img");
  const isShown = isReady(row) && may("snapshot.view");
  if (isShown) {
    const url = pictureUrl(row.snapshot.id, row.incident_id);
    if (image.getAttribute("src") !== url) {
      image.src = url;
      image.width = row.snapshot.width;
      image.height = row.snapshot.height;
      image.alt = say(gettext("Picture of %(name)s"), row.camera);
    }
  }
  // Asked again: the last picture stays until the next one may be shown.
  const stays = row.times_asked > 1 && image.hasAttribute("src") && !row.snapshot?.deleted_at;
  image.hidden = !isShown && !stays;
  text(node, ".state-text", row.state === "failed" ? `✕ ${fault(row.fault_code)}` : waitingWords(row));
  text(node, ".code", `${row.camera.code} · ${Math.round(row.distance_m)} m`);
  text(node, ".frame + .code + .sub", underline(row));
  text(node, ".kept", keptWords(row.snapshot));
  button.title = reasonsOf(row.reasons);
  const told = [underline(row), keptWords(row.snapshot), reasonsOf(row.reasons)].filter(Boolean).join(" · ");
  button.setAttribute("aria-label", `${row.camera.code} ${row.camera.name}: ${told}`);
}

function underline(row) {
  if (row.state === "failed") return `✕ ${fault(row.fault_code)}`;
  if (!row.captured_at) return cameraState(row.state);
  const isAsked = row.times_asked > 1 && row.state !== "analysed"; // the picture that is shown is done
  const faces = row.faces_found === null ? cameraState(isAsked ? "analysed" : row.state) : facesWords(row.faces_found);
  return `${clock(row.captured_at)} · ${faces}`;
}

// A picture is shown as soon as there is a copy in which faces are covered; its event says so.
const isReady = ({ snapshot }) => Boolean(snapshot && snapshot.derived_at && !snapshot.deleted_at);

function waitingWords(row) {
  if (!row.snapshot) return cameraState(row.state);
  return row.snapshot.deleted_at ? gettext("picture deleted") : gettext("picture is being prepared");
}

function keptWords(snapshot) {
  if (!snapshot) return "";
  if (snapshot.deleted_at) return gettext("picture deleted");
  if (!snapshot.delete_after) return gettext("kept with the incident");
  const hours = (new Date(snapshot.delete_after) - now()) / 3600000;
  if (hours < 1) return gettext("deleted within the hour");
  if (hours < 48) return ngettext("deleted in %s hour", "deleted in %s hours", Math.floor(hours)).replace("%s", Math.floor(hours));
  return ngettext("deleted in %s day", "deleted in %s days", Math.floor(hours / 24)).replace("%s", Math.floor(hours / 24));
}

const facesWords = (count) => ngettext("%s face", "%s faces", count).replace("%s", String(count));
