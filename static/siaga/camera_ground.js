// What all maps of cameras share: a ground without tiles, as the console's, and what a camera sees.

import * as L from "../vendor/leaflet/leaflet-src.esm.js";

export { L };
export const JAKARTA = [-6.2, 106.84];
const NEAR_ZOOM = 14;
const METRES_PER_DEGREE = 111320;

const metresEast = (lat) => METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);

// A point `range` metres away in a direction, as [lat, lon].
export function away(lat, lon, degrees, range) {
  const angle = (degrees * Math.PI) / 180;
  return [lat + (range * Math.cos(angle)) / METRES_PER_DEGREE, lon + (range * Math.sin(angle)) / metresEast(lat)];
}

// The direction from one point to another, 0 to 360.
export function bearing(from, to) {
  const north = (to.lat - from.lat) * METRES_PER_DEGREE;
  const east = (to.lng - from.lng) * metresEast(from.lat);
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

// What a camera sees as a polygon; null where its direction is not known.
export function cone({ lat, lon, heading_deg: heading, hfov_deg: hfov, range_m: range }) {
  if (heading === null || hfov === null || !range) return null;
  const steps = Math.max(4, Math.ceil(hfov / 12));
  const edge = [];
  for (let step = 0; step <= steps; step += 1) edge.push(away(lat, lon, heading - hfov / 2 + (hfov * step) / steps, range));
  return hfov >= 360 ? edge : [[lat, lon], ...edge];
}

export function groundMake(node, view = {}) {
  const map = L.map(node, {
    center: JAKARTA, zoom: 12, minZoom: 9, maxZoom: 20, preferCanvas: true,
    zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, ...view,
  });
  map.attributionControl.setPrefix("").addAttribution(window.gettext("Names: Kemendagri · middle points: own compilation"));
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  labelsLoad(map);
  return map;
}

async function labelsLoad(map) {
  const layers = { far: L.layerGroup(), near: L.layerGroup() };
  const choose = () => {
    const isNear = map.getZoom() >= NEAR_ZOOM;
    (isNear ? layers.far : layers.near).remove();
    (isNear ? layers.near : layers.far).addTo(map);
  };
  const answer = await fetch("/api/v1/places/labels/", { credentials: "same-origin", headers: { Accept: "application/json" } });
  const { places } = answer.ok ? await answer.json() : { places: [] };
  for (const place of places) {
    const word = document.createElement("span");
    word.textContent = place.name;
    const icon = L.divIcon({ html: word, className: `map-label ${place.kind}`, iconSize: [0, 0] });
    const layer = ["city", "district"].includes(place.kind) ? layers.far : layers.near;
    L.marker([place.lat, place.lon], { icon, interactive: false, keyboard: false }).addTo(layer);
  }
  map.on("zoomend", choose);
  choose();
}
