// F9: how the cameras of the chosen incident are watched; which were chosen and why, and what an operator says to it.

import { send } from "./api.js";
import { $, arrowsIn, copyOf, may, rowsInto, text } from "./page.js";
import { camerasOf } from "./store.js";
import { WatchLayer } from "./watchmap.js";
import { clock, gettext, isOver, now, reasonsOf, say, watchEnd, watchPace } from "./words.js";

const CORNERS_MIN = 3;

// How far somebody can have got by now (m).
export const reachOf = (watch, at) =>
  watch.error_m + watch.speed_m_s * Math.max(0, (at - Date.parse(watch.origin_at)) / 1000);

export class Watch {
  constructor({ changed, tell, map }) {
    Object.assign(this, { changed, tell });
    this.layer = new WatchLayer(map);
    this.corners = null;
    this.row = null;
    this.rows = [];
    arrowsIn($("watch-cameras"));
    $("watch-open").addEventListener("click", () => this.open());
    $("watch-add").addEventListener("submit", (event) => this.add(event));
    $("watch-longer").addEventListener("submit", (event) => this.longer(event));
    $("watch-stop").addEventListener("click", () => this.sent("DELETE", "", undefined));
    $("watch-draw").addEventListener("click", () => this.draw());
    $("watch-around").addEventListener("click", () => this.sent("PUT", "area/", { area: [] }));
    $("drawing-done").addEventListener("click", () => this.drawn());
    $("drawing-undo").addEventListener("click", () => this.undo());
    $("drawing-cancel").addEventListener("click", () => this.drawEnd());
    $("map").addEventListener("keydown", (event) => this.drawKey(event));
  }

  get isDrawing() {
    return this.corners !== null;
  }

  open() {
    if (!this.row) return;
    this.refused("");
    $("watch-dialog").showModal();
  }

  render(store, selectedId) {
    this.incidentId = selectedId;
    this.row = (selectedId && store.watches[selectedId]) || null;
    this.rows = selectedId ? camerasOf(store, selectedId) : [];
    if (this.isDrawing && this.drawnFor !== selectedId) this.drawEnd();
    $("watch").hidden = !this.row;
    $("watch-open").hidden = !may("camera.choose");
    this.layer.render(this.row, store, selectedId);
    if (!this.row) return;
    this.tick();
    $("watch-around").hidden = !this.row.area.length;
    $("watch-stop").hidden = this.row.ended_at !== null;
    rowsInto($("watch-cameras"), this.listed(), (row) => this.make(row), fill);
  }

  // Those that were asked, and those that were taken out before.
  listed() {
    const known = new Set(this.rows.map((row) => row.camera.code));
    const away = this.row.removed.filter((code) => !known.has(code));
    return [
      ...this.rows.map((row) => ({ ...row, isOut: this.row.removed.includes(row.camera.code) })),
      ...away.map((code) => ({ id: `out ${code}`, camera: { code, name: "" }, reasons: [], isOut: true })),
    ];
  }

  make(row) {
    const node = copyOf("watch-item");
    node.querySelector("button").addEventListener("click", (event) => {
      this.sent("POST", "cameras/", { code: row.camera.code, is_wanted: event.currentTarget.dataset.out === "yes" });
    });
    return node;
  }

  tick() {
    if (!this.row) return;
    text($("watch"), "#watch-words", wordsOf(this.row));
    $("watch").title = fromOf(this.row);
    $("watch-facts").textContent = [wordsOf(this.row), fromOf(this.row)].filter(Boolean).join(" · ");
    this.layer.tick(this.row);
  }

  async add(event) {
    event.preventDefault();
    const code = $("watch-code").value.trim();
    if (code && (await this.sent("POST", "cameras/", { code, is_wanted: true }))) $("watch-code").value = "";
    $("watch-code").focus();
  }

  async longer(event) {
    event.preventDefault();
    const reason = $("watch-reason").value.trim();
    if (reason.length < CORNERS_MIN) {
      this.refused(gettext("Write why the cameras are to be watched longer."));
      $("watch-reason").focus();
      return;
    }
    const body = { minutes: Number($("watch-minutes").value), reason };
    if (await this.sent("POST", "extension/", body)) $("watch-reason").value = "";
  }

  async sent(method, path, body) {
    this.refused("");
    try {
      const row = await send(method, `incidents/${this.incidentId}/watch/${path}`, body);
      this.changed(row);
      this.tell(gettext("Saved"));
      return row;
    } catch (error) {
      this.refused(error.message);
      this.tell(`✗ ${error.message}`);
      return null;
    }
  }

  refused(words) {
    $("watch-error").textContent = words;
    $("watch-error").hidden = !words;
  }

  draw() {
    $("watch-dialog").close();
    this.drawnFor = this.incidentId;
    this.corners = [];
    $("drawing").hidden = false;
    this.cornersShow();
    $("map").focus();
  }

  corner(lat, lon) {
    this.corners.push([lat, lon]);
    this.cornersShow();
  }

  undo() {
    this.corners.pop();
    this.cornersShow();
    $("map").focus();
  }

  cornersShow() {
    $("drawing-count").textContent = say(gettext("%(count)s corners"), { count: this.corners.length });
    $("drawing-done").disabled = this.corners.length < CORNERS_MIN;
    $("drawing-undo").disabled = !this.corners.length;
    this.layer.draft(this.corners);
  }

  drawKey(event) {
    if (!this.isDrawing) return;
    const act = { Backspace: () => this.undo(), Escape: () => this.drawEnd() }[event.key];
    const isDone = event.key === "Enter" && event.ctrlKey && this.corners.length >= CORNERS_MIN;
    if (!act && !isDone) return;
    event.preventDefault();
    event.stopPropagation();
    if (isDone) this.drawn();
    else act();
  }

  async drawn() {
    const area = this.corners;
    this.drawEnd();
    await this.sent("PUT", "area/", { area });
  }

  drawEnd() {
    this.corners = null;
    $("drawing").hidden = true;
    this.layer.draft([]);
  }
}

function wordsOf(watch) {
  if (watch.ended_at !== null) return say(gettext("Cameras are not asked any more: %(end)s"), { end: watchEnd(watch.end) });
  const until = isOver(watch.stop_at) ? "" : say(gettext("until %(time)s"), { time: clock(watch.stop_at).slice(0, 5) });
  return [until, whereOf(watch)].filter(Boolean).join(" · ");
}

function whereOf(watch) {
  if (watch.area.length) return gettext("in the drawn area");
  if (!watch.speed_m_s) return gettext("around the scene");
  const values = { reach: Math.round(reachOf(watch, now())), pace: watchPace(watch.speed_m_s) };
  return say(gettext("reach %(reach)s m %(pace)s"), values);
}

const fromOf = (watch) =>
  watch.ended_at === null && watch.speed_m_s
    ? watch.origin === "sighting" ? gettext("from the sighting on") : gettext("from the scene on")
    : "";

function fill(node, row) {
  const away = row.distance_m === undefined ? "" : ` · ${Math.round(row.distance_m)} m`;
  text(node, ".code", `${row.camera.code}${away} ${row.camera.name}`);
  const preset = row.preset ? say(gettext("ask for its preset “%(preset)s”"), row) : "";
  const why = row.isOut ? gettext("taken out by an operator") : reasonsOf(row.reasons);
  text(node, ".sub", [why, preset].filter(Boolean).join(" · "));
  node.classList.toggle("out", Boolean(row.isOut));
  const button = node.querySelector("button");
  button.dataset.out = row.isOut ? "yes" : "no";
  button.textContent = row.isOut ? gettext("Add again") : gettext("Take out");
  button.setAttribute("aria-label", `${button.textContent} ${row.camera.code}`);
}
