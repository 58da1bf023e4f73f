// Names of places on the map. No name lies on another, on a pin or over the edge; of two that would meet, the more
// important one stays.

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";

const NEAR_ZOOM = 14;
const DISTANCES = { city: false, district: false, village: true, landmark: true }; // shown near, or far
const RANKS = Object.keys(DISTANCES); // the more important first
const GAP_PX = 2;

export class Labels {
  // `obstacles()` are boxes around points of the map that no name may lie on, in layer points.
  constructor(map, obstacles) {
    Object.assign(this, { map, obstacles, names: [], notes: [], moving: [] });
    this.layer = L.layerGroup().addTo(map);
    map.on("zoomend moveend resize", () => this.choose());
  }

  async take(places) {
    await document.fonts.ready;
    this.names = this.made(places).sort((a, b) => RANKS.indexOf(a.kind) - RANKS.indexOf(b.kind));
    this.choose();
  }

  // What is said of the chosen incident: it comes before all names, the first of it first.
  note(notes) {
    this.notes.forEach(({ marker }) => this.layer.removeLayer(marker));
    this.notes = this.made(notes);
  }

  // What moves on with the clock, and where somebody was seen: before everything else.
  follow(notes) {
    this.moving.forEach(({ marker }) => this.layer.removeLayer(marker));
    this.moving = this.made(notes);
    this.choose();
  }

  made(rows) {
    const sizes = this.sizes(rows);
    return rows.map((row, index) => ({ ...row, size: sizes[index], marker: markerOf(row) }));
  }

  // As the style sheet has them: all are laid out once, unseen, and then measured.
  sizes(rows) {
    const box = document.createElement("div");
    box.className = "map-measure";
    const nodes = rows.map((row) => {
      const node = document.createElement("span");
      node.className = `map-label ${row.kind}`;
      node.textContent = row.name;
      return node;
    });
    box.append(...nodes);
    this.map.getContainer().append(box);
    const found = nodes.map((node) => [node.offsetWidth, node.offsetHeight]);
    box.remove();
    return found;
  }

  choose() {
    const isNear = this.map.getZoom() >= NEAR_ZOOM;
    const edge = this.edge();
    const taken = [...this.obstacles(), ...this.controls(edge.min)];
    const shown = new Set();
    const all = [...this.moving, ...this.notes, ...this.names];
    for (const label of all) {
      if (label.kind in DISTANCES && DISTANCES[label.kind] !== isNear) continue;
      const box = boxAround(this.map.latLngToLayerPoint([label.lat, label.lon]), label.size);
      if (!edge.contains(box) || taken.some((other) => other.overlaps(box))) continue;
      taken.push(box);
      shown.add(label.marker);
    }
    for (const { marker } of all) {
      if (shown.has(marker) !== this.layer.hasLayer(marker)) {
        this.layer[shown.has(marker) ? "addLayer" : "removeLayer"](marker);
      }
    }
  }

  // Buttons, scale and sources lie over the map.
  controls(corner) {
    const frame = this.map.getContainer().getBoundingClientRect();
    return [...this.map.getContainer().querySelectorAll(".leaflet-control")].map((node) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      const start = corner.add([left - frame.left, top - frame.top]);
      return L.bounds(start, start.add([width, height]));
    });
  }

  edge() {
    const corner = this.map.containerPointToLayerPoint([0, 0]);
    return L.bounds(corner, corner.add(this.map.getSize()));
  }
}

// A box of this size whose middle is a point.
export function boxAround(point, [width, height]) {
  const half = L.point(width / 2 + GAP_PX, height / 2 + GAP_PX);
  return L.bounds(point.subtract(half), point.add(half));
}

function markerOf({ lat, lon, name, kind }) {
  const node = document.createElement("span");
  node.textContent = name;
  const icon = L.divIcon({ html: node, className: `map-label ${kind}`, iconSize: [0, 0] });
  return L.marker([lat, lon], { icon, interactive: false, keyboard: false });
}
