// F3: the place, by name with suggestions, by a click on the map, or in the caller's own words.

import { read } from "./api.js";
import { $ } from "./page.js";
import { gettext, say } from "./words.js";

const PAUSE_MS = 150;

export class PlaceField {
  constructor({ placed }) {
    this.placed = placed;
    this.input = $("place");
    this.list = $("places");
    this.clear();
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  get value() {
    return { place_text: this.input.value.trim(), ...this.point };
  }

  clear() {
    this.input.value = "";
    this.point = { place: null, lat: null, lon: null, radius_m: null };
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

  pointSet(lat, lon) {
    const [north, east] = [Number(lat.toFixed(6)), Number(lon.toFixed(6))];
    this.point = { place: null, lat: north, lon: east, radius_m: 25 };
    this.close();
    this.hint(say(gettext("Position set on the map: %(lat)s, %(lon)s"), { lat: north.toFixed(5), lon: east.toFixed(5) }));
    this.placed(this.point);
  }

  typed() {
    // Another text is another place; a point from the map stays, since the caller may describe it further.
    if (this.point.place) this.point = { place: null, lat: null, lon: null, radius_m: null };
    clearTimeout(this.timer);
    const asked = this.input.value.trim();
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
    this.show(0);
  }

  show(active) {
    this.active = active;
    this.list.replaceChildren(...this.found.map((place, index) => this.option(place, index)));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-activedescendant", `place-${active}`);
    this.list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  option(place, index) {
    const node = document.createElement("li");
    node.id = `place-${index}`;
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
    $("place-hint").textContent = words;
    $("place-hint").classList.toggle("warn", isWarning);
  }
}
