// F4: the map. No tiles: the ground is the names of places, so it works without any network.

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { read } from "./api.js";
import { boxAround, Labels } from "./labels.js";
import { $ } from "./page.js";
import { camerasOf, incidentsOpen, isOpenMatch, matchesOf } from "./store.js";
import { cameraState, gettext, SHAPES } from "./words.js";

const JAKARTA = [-6.2, 106.84];
const SCENE_ZOOM = 17;
const RINGS_M = [500, 250, 100];
const CAMERA_MARKS = { wanted: "…", capturing: "…", captured: "▣", analysing: "▣", analysed: "✓", failed: "✕" };
const METRES_PER_DEGREE = 111320;
const PIN_PX = { camera: 22, other: 28 };

export class CityMap {
  constructor({ pointed, open }) {
    this.open = open;
    this.map = L.map($("map"), { center: JAKARTA, zoom: 12, minZoom: 10, maxZoom: 19, preferCanvas: true, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
    this.map.attributionControl.setPrefix("").addAttribution(gettext("Names: Kemendagri · middle points: own compilation"));
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.cones = L.layerGroup().addTo(this.map);
    this.pins = new Map();
    this.labels = new Labels(this.map, () => this.pinBoxes());
    this.map.on("click", (event) => pointed(event.latlng.lat, event.latlng.lng));
    $("map").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== $("map")) return;
      const { lat, lng } = this.map.getCenter();
      pointed(lat, lng);
      event.preventDefault();
    });
    new ResizeObserver(() => this.map.invalidateSize()).observe($("map"));
    this.labelsLoad();
  }

  async labelsLoad() {
    const { places } = await read("places/labels/").catch(() => ({ places: [] }));
    await this.labels.take(places);
  }

  // What no name may lie on.
  pinBoxes() {
    return [...this.pins.values()].map(({ marker, size }) =>
      boxAround(this.map.latLngToLayerPoint(marker.getLatLng()), [size, size]),
    );
  }

  focus() {
    $("map").focus();
  }

  // Look at a place closely.
  goTo(point) {
    if (point && point.lat !== null) this.map.setView([point.lat, point.lon], SCENE_ZOOM);
  }

  draftSet(point) {
    this.draft = point && point.lat !== null ? point : null;
    this.pinSet("draft", this.draft, "pin draft", "✛", gettext("Place of the form"));
    this.labelsAgain();
  }

  // Where pins came, went or moved, other names have room.
  labelsAgain() {
    const places = [...this.pins.values()].map(({ look }) => look).join(" ");
    if (places === this.pinned) return;
    this.pinned = places;
    this.labels.choose();
  }

  render(store, selectedId) {
    const seen = new Set(["draft"]);
    for (const incident of incidentsOpen(store).filter((row) => row.lat !== null)) {
      const key = `incident ${incident.id}`;
      seen.add(key);
      const chosen = incident.id === selectedId ? " chosen" : "";
      this.pinSet(key, incident, `pin ${incident.priority}${chosen}`, SHAPES[incident.priority], `#${incident.number} ${incident.place_text}`, () => this.open(incident.id));
    }
    this.cones.clearLayers();
    this.ringsAdd(store.incidents[selectedId]);
    this.ringsName(store.incidents[selectedId]);
    const seeing = new Set(matchesOf(store, selectedId).filter(isOpenMatch).map((match) => match.camera.code));
    for (const row of camerasOf(store, selectedId)) {
      const key = `camera ${row.camera.code}`;
      seen.add(key);
      const candidate = seeing.has(row.camera.code) ? " candidate" : "";
      this.pinSet(key, row.camera, `camera-pin ${row.state}${candidate}`, CAMERA_MARKS[row.state], `${row.camera.code} ${row.camera.name}: ${cameraState(row.state)}`);
      this.coneAdd(row.camera);
    }
    for (const [key, pin] of this.pins) {
      if (seen.has(key)) continue;
      pin.marker.remove();
      this.pins.delete(key);
    }
    this.labelsAgain();
  }

  pinSet(key, point, className, mark, title, clicked) {
    const known = this.pins.get(key);
    const look = `${className}|${mark}|${point?.lat}|${point?.lon}`;
    if (known?.look === look) return;
    known?.marker.remove();
    this.pins.delete(key);
    if (!point) return;
    const size = className.startsWith("camera") ? PIN_PX.camera : PIN_PX.other;
    const node = document.createElement("div");
    node.className = className;
    node.textContent = mark;
    const icon = L.divIcon({ html: node, className: "", iconSize: [size, size] });
    const marker = L.marker([point.lat, point.lon], { icon, title, alt: title, keyboard: false, zIndexOffset: zIndexOf(className, clicked) });
    if (clicked) marker.on("click", clicked);
    this.pins.set(key, { marker: marker.addTo(this.map), look, size });
  }

  // Distances from the scene, where no street gives a sense of them.
  ringsAdd(incident) {
    if (!incident || incident.lat === null) return;
    for (const radius of RINGS_M) {
      const style = { radius, color: "#6b7a88", weight: 1, dashArray: "4 6", fill: false, interactive: false };
      L.circle([incident.lat, incident.lon], style).addTo(this.cones);
    }
  }

  ringsName(incident) {
    const centre = incident && incident.lat !== null ? `${incident.lat} ${incident.lon}` : "";
    if (centre === this.ringed) return;
    this.ringed = centre;
    this.pinned = null;
    const name = (radius) => ({
      name: `${radius} m`, kind: "ring", lat: incident.lat - radius / METRES_PER_DEGREE, lon: incident.lon,
    });
    this.labels.note(centre ? RINGS_M.map(name) : []);
  }

  coneAdd(camera) {
    if (camera.heading_deg === null || camera.hfov_deg === null) return;
    const points = [[camera.lat, camera.lon]];
    for (let step = -4; step <= 4; step += 1) {
      const angle = ((camera.heading_deg + (step * camera.hfov_deg) / 8) * Math.PI) / 180;
      const north = (camera.range_m * Math.cos(angle)) / METRES_PER_DEGREE;
      const east = (camera.range_m * Math.sin(angle)) / (METRES_PER_DEGREE * Math.cos((camera.lat * Math.PI) / 180));
      points.push([camera.lat + north, camera.lon + east]);
    }
    L.polygon(points, { color: "#98d1f1", weight: 1, opacity: 0.5, fillOpacity: 0.07, interactive: false }).addTo(this.cones);
  }
}

// What is chosen lies over what can be chosen, and that over the rest.
function zIndexOf(className, clicked) {
  if (className.includes("chosen")) return 1000;
  return clicked ? 500 : 0;
}
