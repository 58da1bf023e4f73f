// All cameras of the list: thousands as dots on one canvas, what they see once it can be told apart.

import { L, cone, groundMake } from "./camera_ground.js";

const { gettext, interpolate } = window;
const CONE_ZOOM = 15;
const CONES_MAX = 800;
const LISTED_MAX = 60;
const COLOURS = { ok: "#1f7a44", fault: "#b3261e", untried: "#4a5866", off: "#9aa5b1" };
const MARKS = { ok: "●", fault: "▲", untried: "○", off: "×" };

const node = document.getElementById("camera-map");
const list = document.getElementById("map-list");
const count = document.getElementById("map-count");
const map = groundMake(node);
const cones = L.layerGroup().addTo(map);
let cameras = [];

const lookOf = (camera) => (camera.state === "active" ? camera.condition : "off");
const address = (camera) => node.dataset.camera.replace("/0/", `/${camera.pk}/`);

function link(camera) {
  const anchor = document.createElement("a");
  anchor.href = address(camera);
  anchor.textContent = `${camera.code} ${camera.name}`;
  return anchor;
}

// As in the legend: a triangle for one that failed, a cross for one that is not in use, rings and dots for the others.
const Dot = L.CircleMarker.extend({
  _updatePath() {
    const { look } = this.options;
    if (look !== "fault" && look !== "off") return this._renderer._updateCircle(this);
    if (!this._renderer._drawing || this._empty()) return undefined;
    const { x, y } = this._point;
    const size = this._radius;
    const context = this._renderer._ctx;
    context.beginPath();
    if (look === "fault") {
      context.moveTo(x, y - size);
      context.lineTo(x + size, y + size);
      context.lineTo(x - size, y + size);
      context.closePath();
    } else {
      context.moveTo(x - size, y - size);
      context.lineTo(x + size, y + size);
      context.moveTo(x + size, y - size);
      context.lineTo(x - size, y + size);
    }
    return this._renderer._fillStroke(context, this);
  },
});

function dotAdd(camera) {
  const look = lookOf(camera);
  const style = { look, radius: look === "fault" ? 7 : 6, color: COLOURS[look], weight: look === "off" ? 3 : 2, fillColor: look === "untried" ? "#fff" : COLOURS[look], fillOpacity: 0.85 };
  new Dot([camera.lat, camera.lon], style).bindPopup(() => link(camera)).addTo(map);
}

function viewShow() {
  const box = map.getBounds();
  const seen = cameras.filter((camera) => box.contains([camera.lat, camera.lon]));
  count.textContent = interpolate(gettext("%(seen)s of %(all)s cameras in view"), { seen: seen.length, all: cameras.length }, true);
  list.replaceChildren(
    ...seen.slice(0, LISTED_MAX).map((camera) => {
      const item = document.createElement("li");
      item.append(`${MARKS[lookOf(camera)]} `, link(camera));
      return item;
    }),
  );
  if (seen.length > LISTED_MAX) {
    const rest = document.createElement("li");
    rest.textContent = interpolate(gettext("and %s more: zoom in"), [seen.length - LISTED_MAX]);
    list.append(rest);
  }
  cones.clearLayers();
  if (map.getZoom() < CONE_ZOOM || seen.length > CONES_MAX) return;
  for (const camera of seen) {
    const points = cone(camera);
    if (points) L.polygon(points, { color: "#155a94", weight: 1, opacity: 0.6, fillOpacity: 0.12, interactive: false }).addTo(cones);
  }
}

async function start() {
  const answer = await fetch(node.dataset.url, { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) {
    count.textContent = gettext("The cameras did not come; load the page again.");
    return;
  }
  ({ cameras } = await answer.json());
  cameras.forEach(dotAdd);
  if (cameras.length) map.fitBounds(L.latLngBounds(cameras.map((camera) => [camera.lat, camera.lon])), { maxZoom: 17, padding: [30, 30] });
  map.on("moveend", viewShow);
  viewShow();
  node.dataset.ready = String(cameras.length);
}

start();
