// Somebody changed the same field meanwhile: what is mine and what is theirs stand side by side, and a person chooses.

import { read } from "../../dispatch/js/api.js";
import { clock, gettext, say } from "../../dispatch/js/words.js";
import { before } from "./fields.js";
import { placeOf } from "./places.js";
import { refused } from "./said.js";

const POSITION = ["lat", "lon", "radius_m"];

export async function conflictShow(form, body, error) {
  const { conflicts, revision } = error.data;
  const story = await read(`incidents/${form.dataset.incident}/`).then((answer) => answer.timeline).catch(() => []);
  const asked = askedOf(conflicts, body);
  form.dataset.revision = revision;
  form.querySelectorAll(".conflict").forEach((node) => node.remove());
  asked.forEach((one) => fieldOf(form, one.name).append(chooser(form, one, authorOf(story, one.name))));
  lock(form);
  refused(gettext("Somebody changed the same meanwhile. Choose what holds, then save again."));
  form.querySelector(".conflict button")?.focus();
}

// A position is one thing, though it has three numbers.
function askedOf(conflicts, body) {
  const names = Object.keys(conflicts);
  const rest = names.filter((name) => !POSITION.includes(name));
  const found = rest.map((name) => ({ name, theirs: conflicts[name], mine: body[name] }));
  if (names.length > rest.length) {
    const part = (from) => POSITION.map((name) => from[name] ?? conflicts[name] ?? null);
    found.push({ name: "lat", theirs: part(conflicts), mine: part(body) });
  }
  return found;
}

const fieldOf = (form, name) =>
  ["place", "place_text", "lat"].includes(name) ? form.querySelector("[data-place]") : form.elements[name].closest(".field");

function authorOf(story, name) {
  const lines = story.filter((line) => line.kind === "changed" && name in line.data);
  const last = lines.sort((a, b) => (a.occurred_at < b.occurred_at ? 1 : -1))[0];
  return last ? `${last.author || "Siaga"} ${clock(last.occurred_at)}` : gettext("somebody else");
}

function chooser(form, { name, mine, theirs }, author) {
  const box = document.createElement("div");
  box.className = "conflict";
  box.setAttribute("role", "group");
  const option = (label, value, chosen) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = `${label}: ${shown(form, name, value)}`;
    button.addEventListener("click", () => {
      chosen();
      box.remove();
      lock(form);
      (form.querySelector(".conflict button") || form.querySelector("button:not([type=button])")).focus();
    });
    return button;
  };
  box.append(
    option(gettext("Mine"), mine, () => {}),
    option(say(gettext("Theirs (%(author)s)"), { author }), theirs, () => theirsTake(form, name, theirs)),
  );
  return box;
}

function shown(form, name, value) {
  if (name === "lat") return value.slice(0, 2).map((number) => number?.toFixed(5) ?? "–").join(", ");
  const item = form.elements[name];
  if (item?.tagName === "SELECT") return [...item.options].find((row) => row.value === value)?.textContent ?? value;
  return value || "–";
}

// Theirs is in the form now as if it had been read so: it is not sent again.
function theirsTake(form, name, value) {
  const place = placeOf(form);
  if (name === "lat") {
    Object.assign(place.point, { lat: value[0], lon: value[1], radius_m: value[2] });
    Object.assign(place.was, place.point);
  } else if (name === "place") {
    place.point = { ...place.point, place: value };
    place.was.place = value;
  } else {
    const item = form.elements[name];
    item.value = value ?? "";
    if (name === "place_text") place.was.place_text = value;
    baseline(item, value ?? "");
  }
}

function baseline(item, value) {
  if (item.tagName === "SELECT") [...item.options].forEach((row) => (row.defaultSelected = row.value === value));
  else item.defaultValue = value;
  if (before(item) !== item.value) item.value = value;
}

const lock = (form) =>
  form.querySelectorAll("button:not([type=button])").forEach((one) => (one.disabled = Boolean(form.querySelector(".conflict"))));
