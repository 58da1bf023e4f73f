// A camera live: video by a socket where there is some, single pictures otherwise. Nothing is kept, no sound is taken.

import { ApiError, send, wordsOf } from "./api.js";
import { Video } from "./live_player.js";
import { gettext, say } from "./words.js";

const STILL_MS = 1000;
const LOOK_MS = 500;
const HIDDEN_MS = 30000;

// Opens a dialog over whatever is there; resolves when it is closed.
export function openLive(camera, incidentId) {
  const back = document.activeElement;
  const dialog = made("dialog", "live-dialog");
  dialog.setAttribute("aria-labelledby", "live-title");
  const title = made("h2");
  title.id = "live-title";
  title.textContent = say(gettext("Live: %(code)s %(name)s"), camera);
  const place = made("div");
  const close = made("button", "quiet");
  close.type = "button";
  close.append(gettext("Close"), " ", kbd("Esc"));
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, place, close);
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
  const live = showLive(place, { camera: camera.code, incident: incidentId, reason: "" });
  return new Promise((closed) => {
    dialog.addEventListener("close", () => {
      live.stop();
      dialog.remove();
      back?.focus?.();
      closed();
    }, { once: true });
  });
}

// Shows a camera inside `place`; `asked` is what the server is asked for: camera, incident or reason.
export function showLive(place, asked) {
  const live = new Live(place, asked);
  live.start();
  return live;
}

class Live {
  constructor(place, asked) {
    this.asked = asked;
    this.view = viewInto(place);
    this.view.again.addEventListener("click", () => {
      this.view.stage.focus(); // the button goes
      this.start();
    });
    this.hide = () => this.hidden();
    this.leave = () => this.stop({ keepalive: true });
  }

  async start() {
    this.isOver = false;
    this.view.again.hidden = true;
    this.say(gettext("Opening …"));
    document.addEventListener("visibilitychange", this.hide);
    addEventListener("pagehide", this.leave);
    try {
      const viewing = await send("POST", "live/", this.asked);
      if (this.isOver) return void this.close(viewing.id);
      this.begin(viewing);
    } catch (error) {
      this.over(error instanceof ApiError ? wordsOf(error) : gettext("No connection."));
    }
  }

  begin(viewing) {
    this.viewing = viewing;
    this.endsAt = performance.now() + (new Date(viewing.ends_at) - new Date(viewing.opened_at));
    this.seenAt = null;
    this.view.purpose.textContent = viewing.incident_number
      ? say(gettext("Incident #%(number)s"), { number: viewing.incident_number })
      : viewing.reason;
    this.ticking = setInterval(() => this.tick(), LOOK_MS);
    if (viewing.way === "video" && "MediaSource" in window) {
      this.video = new Video(this, viewing.id);
    } else {
      this.stills(viewing.way === "video" ? gettext("This browser plays no video from here.") : whyStills(viewing.why));
    }
  }

  // Single pictures from now on, with the reason.
  stills(why) {
    if (this.isOver || this.stilling) return;
    this.video?.stop();
    this.video = null;
    this.why = why;
    this.view.video.hidden = true;
    this.view.way.textContent = gettext("single pictures");
    this.say(why);
    this.stilling = setTimeout(() => this.still(), 0);
  }

  async still() {
    const answer = await fetch(`/api/v1/live/${this.viewing.id}/still/`, { credentials: "same-origin" }).catch(() => null);
    if (this.isOver) return;
    if (answer?.ok && answer.headers.get("Content-Type").startsWith("application/json")) {
      const none = await answer.json();
      if (none.fault) this.blank();
      this.say(none.fault ? `✕ ${none.message}` : gettext("The first picture is on its way …"));
    } else if (answer?.ok) {
      this.seenAt = new Date(answer.headers.get("X-Live-At")).getTime();
      const offset = new Date(answer.headers.get("Date")).getTime() - Date.now();
      this.seenAt -= Math.abs(offset) > 2000 ? offset : 0; // the clocks differ: the server's counts
      await this.picture(await answer.blob());
      this.say(this.why);
    } else if (answer && answer.status !== 503) {
      const content = await answer.json().catch(() => ({}));
      this.over(content.error?.message || gettext("This viewing is over."), { isClosed: true });
      return;
    } else {
      this.say(gettext("No connection."));
    }
    this.stilling = setTimeout(() => this.still(), STILL_MS);
  }

  async picture(blob) {
    const old = this.view.image.src;
    this.view.image.src = URL.createObjectURL(blob);
    this.view.image.hidden = false;
    await this.view.image.decode().catch(() => {});
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  }

  blank() {
    if (this.view.image.src.startsWith("blob:")) URL.revokeObjectURL(this.view.image.src);
    this.view.image.removeAttribute("src");
    this.view.image.hidden = true;
    this.seenAt = null;
  }

  tick() {
    const left = Math.max(0, Math.ceil((this.endsAt - performance.now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    this.view.left.textContent = say(gettext("%(time)s left"), { time: `${two(Math.floor(left / 60))}:${two(left % 60)}` });
    const age = this.video ? this.video.look() : this.seenAt && (Date.now() - this.seenAt) / 1000;
    this.view.age.textContent = age === null ? "–" : say(gettext("picture of %(age)s s ago"), { age: Math.max(0, age).toFixed(1) });
    this.view.age.classList.toggle("is-old", age !== null && age > 5);
  }

  hidden() {
    clearTimeout(this.hiding);
    if (document.hidden) {
      this.hiding = setTimeout(() => {
        this.close(this.viewing?.id);
        this.over(gettext("Closed, since this page was out of sight for half a minute."), { isClosed: true });
      }, HIDDEN_MS);
    }
  }

  // The end that the page was told of, or came to by itself; it may be opened anew.
  over(words, { isClosed = false } = {}) {
    const id = this.viewing?.id;
    this.quiet();
    if (id && !isClosed) this.close(id);
    this.say(words);
    this.view.again.hidden = false;
  }

  stop(options = {}) {
    if (this.isOver) return;
    const id = this.viewing?.id;
    this.quiet();
    if (id) this.close(id, options);
  }

  quiet() {
    this.isOver = true;
    this.viewing = null;
    clearInterval(this.ticking);
    clearTimeout(this.stilling);
    clearTimeout(this.hiding);
    this.stilling = null;
    this.video?.stop();
    this.video = null;
    document.removeEventListener("visibilitychange", this.hide);
    removeEventListener("pagehide", this.leave);
    this.blank();
    this.view.video.hidden = true;
    for (const name of ["age", "left"]) this.view[name].textContent = "";
  }

  close(id, options = {}) {
    if (id) send("DELETE", `live/${id}/`, {}, options).catch(() => {}); // what is not closed here, the server closes
  }

  say(words) {
    if (this.view.note.textContent !== words) this.view.note.textContent = words;
  }
}

const whyStills = (why) =>
  why === "masked"
    ? gettext("Parts of this camera's view may never be shown. They can be covered in single pictures, and not in video.")
    : gettext("This camera has no video stream that a browser can play.");

function viewInto(place) {
  const view = {
    facts: made("p", "live-facts"), way: made("span", "live-way"), purpose: made("span", "live-purpose"),
    age: made("span", "live-age"), left: made("span", "live-left"), stage: made("div", "live-stage"),
    video: made("video", "live-video"), image: made("img", "live-image"), note: made("p", "live-note"),
    again: made("button", "primary"),
  };
  view.facts.append(view.way, view.purpose, view.age, view.left);
  Object.assign(view.video, { muted: true, playsInline: true, autoplay: true, disablePictureInPicture: true, hidden: true });
  view.video.setAttribute("aria-label", gettext("Live video"));
  view.stage.tabIndex = -1;
  view.image.alt = gettext("Newest picture of the camera");
  view.image.hidden = true;
  view.stage.append(view.video, view.image);
  view.note.setAttribute("role", "status");
  view.again.type = "button";
  view.again.hidden = true;
  view.again.textContent = gettext("Open again");
  place.replaceChildren(view.facts, view.stage, view.note, view.again);
  return view;
}

function made(name, css = "") {
  const node = document.createElement(name);
  if (css) node.className = css;
  return node;
}

function kbd(key) {
  const node = made("kbd");
  node.textContent = key;
  return node;
}
