// On the map: how far somebody can have got, the area that was drawn, and the trail of confirmed sightings.

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { matchesOf } from "./store.js";
import { clock, gettext, now, say } from "./words.js";
import { reachOf } from "./watch.js";

const REACH = { color: "#ffc06b", weight: 2, fillColor: "#ffc06b", fillOpacity: 0.05, interactive: false };
const AREA = { color: "#ffc06b", weight: 2, dashArray: "8 5", fillOpacity: 0.05, interactive: false };
const TRAIL = { color: "#ff9ed2", weight: 3, interactive: false };
const METRES_PER_DEGREE = 111320;
const STEP_M = 10; // its words change so often and no more

export class WatchLayer {
  constructor({ map, labels }) {
    this.labels = labels;
    this.group = L.layerGroup().addTo(map);
    this.drafts = L.layerGroup().addTo(map);
    this.shown = this.named = "";
  }

  render(watch, store, incidentId) {
    const sightings = incidentId ? sightingsOf(store, incidentId) : [];
    const shown = JSON.stringify([watch, sightings]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.sightings = sightings;
    this.group.clearLayers();
    this.circle = null;
    if (watch && watch.ended_at === null) this.reachAdd(watch);
    if (watch?.area.length) L.polygon(watch.area, AREA).addTo(this.group);
    this.trailAdd(store.incidents[incidentId], sightings);
    this.tick(watch);
  }

  reachAdd(watch) {
    if (!watch.speed_m_s || watch.area.length) return;
    this.circle = L.circle([watch.lat, watch.lon], { ...REACH, radius: reachOf(watch, now()) }).addTo(this.group);
  }

  tick(watch) {
    const notes = (this.sightings || []).map((seen, index) => ({
      lat: seen.lat, lon: seen.lon, kind: "sighting", name: `${index + 1}. ${say(gettext("seen %(time)s"), { time: clock(seen.at) })}`,
    }));
    if (this.circle) {
      const reach = reachOf(watch, now());
      this.circle.setRadius(reach);
      const round = Math.ceil(reach / STEP_M) * STEP_M;
      notes.push({ lat: watch.lat + reach / METRES_PER_DEGREE, lon: watch.lon, kind: "reach", name: `≤ ${round} m` });
    }
    const named = JSON.stringify(notes.map(({ name, lon }) => [name, lon]));
    if (named === this.named) return;
    this.named = named;
    this.labels.follow(notes);
  }

  trailAdd(incident, sightings) {
    if (!sightings.length) return;
    const start = incident && incident.lat !== null ? [[incident.lat, incident.lon]] : [];
    L.polyline([...start, ...sightings.map((seen) => [seen.lat, seen.lon])], TRAIL).addTo(this.group);
    sightings.forEach((seen) => L.circleMarker([seen.lat, seen.lon], { ...TRAIL, radius: 16, fill: false }).addTo(this.group));
  }

  draft(corners) {
    this.drafts.clearLayers();
    if (corners.length) L.polygon(corners, AREA).addTo(this.drafts);
    corners.forEach((corner) => L.circleMarker(corner, { radius: 5, color: "#ffc06b" }).addTo(this.drafts));
  }
}

// Where a person confirmed somebody, in order of time.
export function sightingsOf(store, incidentId) {
  const places = {};
  for (const row of Object.values(store.cameras)) places[row.camera.code] = row.camera;
  return matchesOf(store, incidentId)
    .filter((match) => match.state === "confirmed" && places[match.camera.code])
    .map((match) => ({ at: match.snapshot.received_at, lat: places[match.camera.code].lat, lon: places[match.camera.code].lon }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}
