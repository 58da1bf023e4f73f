// A place: by name with suggestions, by its position, by a click on the map, or in the caller's own words.

import { read } from "./api.js";
import { gettext, say } from "./words.js";

const PAUSE_MS = 150;
const NOWHERE = Object.freeze({ place: null, lat: null, lon: null, radius_m: null });
const POSITION = /^\s*(-?\d{1,2}\.\d{2,})\s*[,; ]\s*(\d{2,3}\.\d{2,})\s*$/;
const POINTED_RADIUS_M = 25;

export class PlaceField {
  // `input` is the combobox, `list` its suggestions, `hint` says what is known; `placed(point)` hears of a position.
  constructor({ input, list, hint, placed = () => {} }) {
    Object.assign(this, { input, list, hintNode: hint, placed });
    this.point = NOWHERE;
    this.found = [];
    this.close();
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  get value() {
    return { place_text: this.input.value.trim(), ...this.point };
  }

  clear() {
    this.input.value = "";
    this.point = NOWHERE;
    this.found = [];
    this.close();
    this.hint("");
  }

  set(row) {
    this.input.value = row.place_text || "";
    this.point = { place: row.place, lat: row.lat, lon: row.lon, radius_m: row.radius_m };
    this.close();
    this.hint(row.lat === null ? gettext("No position yet: choose a suggestion or set it on the map.") : "", row.lat === null);
  }

  pointSet(lat, lon, words = gettext("Position set on the map: %(lat)s, %(lon)s")) {
    const [north, east] = [Number(lat.toFixed(6)), Number(lon.toFixed(6))];
    this.point = { place: null, lat: north, lon: east, radius_m: POINTED_RADIUS_M };
    this.close();
    this.hint(say(words, { lat: north.toFixed(5), lon: east.toFixed(5) }));
    this.placed(this.point);
  }

  typed() {
    // Another text is another place; a point from the map stays, since the caller may describe it further.
    if (this.point.place) this.point = NOWHERE;
    clearTimeout(this.timer);
    const asked = this.input.value.trim();
    const position = POSITION.exec(asked);
    if (position) {
      this.pointSet(Number(position[1]), Number(position[2]), gettext("Position typed: %(lat)s, %(lon)s"));
      return;
    }
    if (asked.length < 2) {
      this.close();
      this.hint("");
      return;
    }
    this.timer = setTimeout(() => this.ask(asked), PAUSE_MS);
  }

  async ask(asked) {
    const answer = await read(`places/search/?q=${encodeURIComponent(asked)}&limit=8`).catch(() => null);
    if (this.input.value.trim() !== asked) return;
    if (!answer) {
      this.hint(gettext("Places cannot be searched now; go on in words."), true);
      return;
    }
    this.found = answer.places;
    if (!this.found.length) {
      this.close();
      this.hint(gettext("Not known. It can be sent as it is; a click on the map sets the position."), true);
      return;
    }
    this.hint(say(gettext("%(count)s places, ↑↓ and Enter choose"), { count: this.found.length }));
    if (document.activeElement === this.input) this.show(0);
  }

  show(active) {
    this.active = active;
    this.list.replaceChildren(...this.found.map((place, index) => this.option(place, index)));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${active}`);
    this.list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  option(place, index) {
    const node = document.createElement("li");
    node.id = `${this.list.id}-${index}`;
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", String(index === this.active));
    const name = document.createElement("b");
    name.textContent = place.name;
    const where = document.createElement("span");
    where.className = "sub";
    where.textContent = place.parent;
    node.append(name, where);
    node.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.choose(index);
    });
    return node;
  }

  choose(index) {
    const place = this.found[index];
    this.input.value = place.name;
    this.point = { place: place.code, lat: place.lat, lon: place.lon, radius_m: place.accuracy_m };
    this.close();
    this.hint(say(gettext("%(parent)s · exact to about %(metres)s m"), { parent: place.parent, metres: place.accuracy_m }));
    this.placed(this.point);
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  key(event) {
    if (this.list.hidden) return;
    const last = this.found.length - 1;
    if (event.key === "ArrowDown") this.show(Math.min(last, this.active + 1));
    else if (event.key === "ArrowUp") this.show(Math.max(0, this.active - 1));
    else if (event.key === "Enter" && !event.ctrlKey) this.choose(this.active);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  hint(words, isWarning = false) {
    this.hintNode.textContent = words;
    this.hintNode.classList.toggle("warn", isWarning);
  }
}
