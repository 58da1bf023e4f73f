// Position and direction on a map, beside the fields; whoever types needs none of it.

import { JAKARTA, L, away, bearing, cone, groundMake } from "./camera_ground.js";

const { gettext } = window;
const field = (name) => document.getElementById(`id_${name}`);
const number = (name) => {
  const text = field(name).value.trim().replace(",", ".");
  return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
};
const POSITION = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;
const WRITTEN_HFOV = 90;
const CLOSE_ZOOM = 16; // farther away the knob would lie under the mark

class Picker {
  constructor(fieldset) {
    const help = document.createElement("p");
    help.className = "help place-help";
    help.textContent = gettext("Click to set the position, drag the mark to move it, drag the yellow knob to turn the view. The fields do the same.");
    const node = document.createElement("div");
    node.id = "camera-place";
    fieldset.append(help, node);
    const start = this.point();
    this.map = groundMake(node, start ? { center: start, zoom: 18 } : { center: JAKARTA, zoom: 12 });
    this.view = L.layerGroup().addTo(this.map);
    this.mark = L.marker(start ?? JAKARTA, { icon: icon("place-pin", "✛", 28), draggable: true, keyboard: false });
    this.knob = L.marker(JAKARTA, { icon: icon("cone-handle", "", 18), draggable: true, keyboard: false });
    this.map.on("click", ({ latlng }) => {
      this.placed(latlng);
      this.near(latlng);
    });
    this.mark.on("drag", () => this.placed(this.mark.getLatLng()));
    this.knob.on("drag", () => this.turned());
    this.knob.on("dragend", () => this.draw());
    for (const name of ["lat", "lon", "heading_deg", "hfov_deg", "range_m"]) field(name).addEventListener("input", () => this.typed());
    field("position").addEventListener("input", () => this.pasted());
    this.draw();
  }

  point() {
    const [lat, lon] = [number("lat"), number("lon")];
    return lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180 ? null : [lat, lon];
  }

  placed({ lat, lng }) {
    field("lat").value = lat.toFixed(6);
    field("lon").value = lng.toFixed(6);
    field("position").value = "";
    this.draw();
  }

  turned() {
    field("heading_deg").value = Math.round(bearing(this.mark.getLatLng(), this.knob.getLatLng()));
    if (number("hfov_deg") === null) field("hfov_deg").value = WRITTEN_HFOV;
    this.draw(true);
  }

  pasted() {
    const found = POSITION.exec(field("position").value);
    if (!found) return;
    [field("lat").value, field("lon").value] = [found[1], found[2]];
    this.typed();
  }

  typed() {
    this.draw();
    const point = this.point();
    if (point) this.near(point);
  }

  // Close enough to see where it looks.
  near(point) {
    const isFar = this.map.getZoom() < CLOSE_ZOOM;
    if (isFar || !this.map.getBounds().contains(point)) this.map.setView(point, Math.max(17, this.map.getZoom()));
  }

  draw(isTurning = false) {
    this.view.clearLayers();
    const point = this.point();
    if (!point) {
      this.mark.remove();
      this.knob.remove();
      return;
    }
    this.mark.setLatLng(point).addTo(this.map);
    const camera = { lat: point[0], lon: point[1], heading_deg: number("heading_deg"), hfov_deg: number("hfov_deg"), range_m: number("range_m") };
    const points = cone(camera);
    if (points) L.polygon(points, { color: "#155a94", weight: 1, fillOpacity: 0.15, interactive: false }).addTo(this.view);
    if (!isTurning) this.knob.setLatLng(away(...point, camera.heading_deg ?? 0, camera.range_m || 60)).addTo(this.map);
  }
}

function icon(className, text, size) {
  const node = document.createElement("div");
  node.textContent = text;
  return L.divIcon({ html: node, className, iconSize: [size, size] });
}

const fieldset = field("lat")?.closest("fieldset");
if (fieldset && field("position")) new Picker(fieldset);
