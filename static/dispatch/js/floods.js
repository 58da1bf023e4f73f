// The banner of the rivers: who is high, whose change is new to this person, where the water goes, who is silent.

import { send } from "./api.js";
import { $, config, rowsInto } from "./page.js";
import { gettext, ngettext, now, say } from "./words.js";

const SHAPES = { 1: "◆", 2: "▲", 3: "●", 4: "■" };
const LETTERS = { 1: "I", 2: "II", 3: "III", 4: "IV" };
const NORMAL = 4;
const RISING_CM_H = 1;
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Jakarta" });
const hour = (moment) => CLOCK.format(new Date(moment));

const WORDS = {
  1: () => gettext("disaster"), 2: () => gettext("critical"), 3: () => gettext("alert"), 4: () => gettext("normal"),
};
const MARKS = {
  future: () => gettext("its clock is wrong"), impossible: () => gettext("shows what cannot be"),
  jump_up: () => gettext("rose faster than a river can"), jump_down: () => gettext("fell faster than a river can"),
  stuck: () => gettext("may be stuck"),
};

// By shape, letter and word: colour is never all there is.
export const levelName = (level) => `${SHAPES[level]} Siaga ${LETTERS[level]} ${WORDS[level]()}`;
const isStale = (gauge) => gauge.is_stale || !gauge.stale_at || Date.parse(gauge.stale_at) <= now();

// The lines of the banner, and what is silent or calm; as `dispatch.selectors.flood_banner` has it. Pure.
export function banner(store, userId) {
  const levels = Object.fromEntries(Object.values(store.levels).map((row) => [row.gauge_id, row]));
  const gauges = Object.values(store.gauges).sort((a, b) => a.order - b.order || a.code.localeCompare(b.code));
  const found = { lines: [], silent: [], calm: 0 };
  for (const gauge of gauges) {
    const level = levels[gauge.id];
    const isHigh = gauge.level !== null && gauge.level < NORMAL;
    const isNew = Boolean(level) && !level.seen_by.includes(userId) && (isHigh || level.old !== null);
    if (isHigh || isNew || gauge.waves.length) found.lines.push({ id: gauge.id, gauge, level, isNew, isStale: isStale(gauge) });
    else if (isStale(gauge)) found.silent.push(gauge);
    else found.calm += 1;
  }
  found.lines.sort((a, b) => (a.gauge.level || NORMAL) - (b.gauge.level || NORMAL) || a.gauge.order - b.gauge.order);
  return found;
}

export class Floods {
  constructor({ told, changed }) {
    this.told = told;
    this.changed = changed;
    this.list = $("rivers");
    this.store = null;
    this.shown = "";
  }

  render(store) {
    this.store = store;
    this.draw();
  }

  // What becomes stale makes its event only some seconds later.
  tick() {
    if (this.store) this.draw();
  }

  draw() {
    const found = banner(this.store, config.user_id);
    const shown = JSON.stringify(found);
    if (shown === this.shown) return;
    this.shown = shown;
    const rows = [...found.lines, ...this.restOf(found)];
    this.list.hidden = !rows.length;
    const worst = Math.min(NORMAL, ...found.lines.map((line) => line.gauge.level || NORMAL));
    this.list.className = `rivers level-${worst}`;
    rowsInto(this.list, rows, () => document.createElement("li"), (node, row) => this.fill(node, row));
  }

  restOf({ silent, calm }) {
    const rest = [];
    if (silent.length) {
      const words = ngettext("%(count)s gauge without a fresh reading", "%(count)s gauges without a fresh reading", silent.length);
      const names = silent.length > config.silent_named_max ? "" : silent.map((gauge) => gauge.name).join(", ");
      rest.push({ id: "silent", css: "unknown", words: `? ${say(words, { count: silent.length })}`, names });
    }
    if (calm) {
      const words = ngettext("%(count)s gauge at Siaga IV, normal", "%(count)s gauges at Siaga IV, normal", calm);
      rest.push({ id: "calm", css: "s4", words: `■ ${say(words, { count: calm })}` });
    }
    return rest;
  }

  fill(node, row) {
    if (row.words) {
      node.className = `river ${row.id === "silent" ? "stale" : "muted"}`;
      node.replaceChildren(span(`siaga ${row.css}`, row.words), span("", row.names || ""));
      return;
    }
    const { gauge, isNew } = row;
    node.className = `river${isNew ? " new" : ""}${row.isStale ? " stale" : ""}`;
    const name = document.createElement("a");
    name.href = this.list.dataset.page;
    name.textContent = `${gauge.name} (${gauge.river})`;
    const parts = [level(gauge.level), name, span("", facts(gauge))];
    if (row.isStale) parts.push(span("doubt", `? ${gettext("STALE: no fresh reading")}`));
    if (gauge.mark) parts.push(span("doubt", `? ${(MARKS[gauge.mark] || (() => gauge.mark))()}`));
    if (isNew) parts.push(this.note(row));
    gauge.waves.forEach((wave) => parts.push(coming(wave, isNew)));
    if (isNew && gauge.places.length) {
      parts.push(span("wide muted", `${gettext("Kelurahan here")}: ${gauge.places.join(", ")}`));
    }
    const hadFocus = node.contains(document.activeElement) && document.activeElement.tagName === "BUTTON";
    node.replaceChildren(...parts);
    if (hadFocus) node.querySelector("button")?.focus();
  }

  note(row) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = gettext("Take note");
    button.addEventListener("click", async () => {
      const seen = await this.told(() => send("POST", `gauge-levels/${row.level.id}/acknowledge/`));
      if (seen) this.changed(seen);
    });
    return button;
  }
}

function span(css, words) {
  const node = document.createElement("span");
  node.className = css;
  node.textContent = words;
  return node;
}

const level = (value) =>
  value === null ? span("siaga unknown", `? ${gettext("no reading yet")}`) : span(`siaga s${value}`, levelName(value));

function facts(gauge) {
  if (gauge.measured_at === null) return "";
  return [`${gauge.height_cm} cm`, trend(gauge.trend_cm_h), hour(gauge.measured_at)].filter(Boolean).join(" ");
}

// As the template filter of the same name has it.
function trend(speed) {
  if (speed === null) return "";
  if (Math.abs(speed) < RISING_CM_H) return gettext("→ steady");
  const words = speed > 0 ? gettext("↑ rising %(speed)s cm/h") : gettext("↓ falling %(speed)s cm/h");
  return say(words, { speed: Math.round(Math.abs(speed)) });
}

function coming(wave, isWhole) {
  const times = { where: wave.to_name, from: hour(wave.expected_from), until: hour(wave.expected_until) };
  if (!isWhole) return span("muted", `→ ${times.where} ${times.from}–${times.until}`);
  const words = say(gettext("water expected at %(where)s %(from)s–%(until)s, about %(at)s WIB"), {
    ...times, at: hour(wave.expected_at),
  });
  const node = span("wide", "");
  node.append(level(wave.level), ` ${words}`);
  if (wave.places.length) node.append(": ", span("muted", wave.places.join(", ")));
  return node;
}
