// F8: the cameras of the chosen incident, with their pictures as they arrive.

import { $, arrowsIn, copyOf, may, rowsInto, text } from "./page.js";
import { camerasOf, isOpenMatch, matchesOf } from "./store.js";
import { cameraState, clock, fault, gettext, ngettext, say } from "./words.js";

export const pictureUrl = (snapshotId, incidentId) => `/api/v1/snapshots/${snapshotId}/picture/?incident=${incidentId}`;

export class Pictures {
  constructor() {
    arrowsIn($("pictures"));
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
    const done = rows.filter((row) => ["analysed", "failed"].includes(row.state)).length;
    $("pictures-count").textContent = rows.length ? say(gettext("%(done)s/%(all)s done"), { done, all: rows.length }) : "";
    rowsInto($("pictures"), rows, (row) => this.make(row), (node, row) => fill(node, row, seeing));
  }

  make() {
    const node = copyOf("picture-item");
    node.querySelector("button").addEventListener("click", () => this.enlarge(node));
    return node;
  }

  enlarge(node) {
    const image = node.querySelector("img");
    if (image.hidden) return;
    $("viewer-title").textContent = node.querySelector("button").getAttribute("aria-label");
    $("viewer-picture").src = image.src;
    $("viewer-picture").alt = image.alt;
    $("viewer").showModal();
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
  if (row.snapshot && may("snapshot.view")) {
    const url = pictureUrl(row.snapshot.id, row.incident_id);
    if (image.getAttribute("src") !== url) {
      image.src = url;
      image.width = row.snapshot.width;
      image.height = row.snapshot.height;
      image.alt = say(gettext("Picture of %(name)s"), row.camera);
    }
  }
  image.hidden = !row.snapshot || !may("snapshot.view");
  text(node, ".state-text", row.state === "failed" ? `✕ ${fault(row.fault_code)}` : cameraState(row.state));
  text(node, ".code", `${row.camera.code} · ${Math.round(row.distance_m)} m`);
  text(node, ".frame + .code + .sub", underline(row));
  button.setAttribute("aria-label", `${row.camera.code} ${row.camera.name}: ${underline(row)}`);
}

function underline(row) {
  if (row.state === "failed") return `✕ ${fault(row.fault_code)}`;
  if (!row.captured_at) return cameraState(row.state);
  const faces = row.faces_found === null ? cameraState(row.state) : facesWords(row.faces_found);
  return `${clock(row.captured_at)} · ${faces}`;
}

const facesWords = (count) => ngettext("%s face", "%s faces", count).replace("%s", String(count));
