// F4: the map. No tiles: the ground is the names of places, so it works without any network.

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { read } from "./api.js";
import { $ } from "./page.js";
import { camerasOf, incidentsOpen, isOpenMatch, matchesOf } from "./store.js";
import { cameraState, gettext, SHAPES } from "./words.js";

const JAKARTA = [-6.2, 106.84];
const NEAR_ZOOM = 14;
const SCENE_ZOOM = 17;
const RINGS_M = [100, 250, 500];
const CAMERA_MARKS = { wanted: "…", capturing: "…", captured: "▣", analysing: "▣", analysed: "✓", failed: "✕" };
const METRES_PER_DEGREE = 111320;

export class CityMap {
  constructor({ pointed, open }) {
    this.open = open;
    this.map = L.map($("map"), { center: JAKARTA, zoom: 12, minZoom: 10, maxZoom: 19, preferCanvas: true, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
    this.map.attributionControl.setPrefix("").addAttribution(gettext("Names: Kemendagri · middle points: own compilation"));
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.labels = { far: L.layerGroup(), near: L.layerGroup() };
    this.cones = L.layerGroup().addTo(this.map);
    this.pins = new Map();
    this.map.on("click", (event) => pointed(event.latlng.lat, event.latlng.lng));
    this.map.on("zoomend", () => this.labelsChoose());
    $("map").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== $("map")) return;
      const { lat, lng } = this.map.getCenter();
      pointed(lat, lng);
      event.preventDefault();
    });
    addEventListener("resize", () => this.map.invalidateSize());
    this.labelsLoad();
  }

  async labelsLoad() {
    const { places } = await read("places/labels/").catch(() => ({ places: [] }));
    for (const place of places) {
      const layer = ["city", "district"].includes(place.kind) ? this.labels.far : this.labels.near;
      L.marker([place.lat, place.lon], { icon: wordIcon(place), interactive: false, keyboard: false }).addTo(layer);
    }
    this.labelsChoose();
  }

  labelsChoose() {
    const isNear = this.map.getZoom() >= NEAR_ZOOM;
    (isNear ? this.labels.far : this.labels.near).remove();
    (isNear ? this.labels.near : this.labels.far).addTo(this.map);
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
  }

  pinSet(key, point, className, mark, title, clicked) {
    const known = this.pins.get(key);
    const look = `${className}|${mark}|${point?.lat}|${point?.lon}`;
    if (known?.look === look) return;
    known?.marker.remove();
    this.pins.delete(key);
    if (!point) return;
    const size = className.startsWith("camera") ? 22 : 28;
    const node = document.createElement("div");
    node.className = className;
    node.textContent = mark;
    const icon = L.divIcon({ html: node, className: "", iconSize: [size, size] });
    const marker = L.marker([point.lat, point.lon], { icon, title, alt: title, keyboard: false, zIndexOffset: clicked ? 500 : 0 });
    if (clicked) marker.on("click", clicked);
    this.pins.set(key, { marker: marker.addTo(this.map), look });
  }

  // Distances from the scene, where no street gives a sense of them.
  ringsAdd(incident) {
    if (!incident || incident.lat === null) return;
    for (const radius of RINGS_M) {
      const style = { radius, color: "#6b7a88", weight: 1, dashArray: "4 6", fill: false, interactive: false };
      L.circle([incident.lat, incident.lon], style).addTo(this.cones);
      const node = document.createElement("span");
      node.textContent = `${radius} m`;
      const icon = L.divIcon({ html: node, className: "map-label ring", iconSize: [0, 0] });
      const south = incident.lat - radius / METRES_PER_DEGREE;
      L.marker([south, incident.lon], { icon, interactive: false, keyboard: false }).addTo(this.cones);
    }
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

function wordIcon(place) {
  const node = document.createElement("span");
  node.textContent = place.name;
  return L.divIcon({ html: node, className: `map-label ${place.kind}`, iconSize: [0, 0] });
}
