// Pieces of MP4 from the socket into the player, never far behind.

import { gettext } from "./words.js";

const SILENT_MS = 25000; // the server asks a camera anew meanwhile
const LAG_MAX_S = 1.5;
const LAG_S = 0.3;
const KEPT_S = 10;
const WAITING_BYTES_MAX = 8 * 1024 * 1024;

export class Video {
  constructor(live, id) {
    this.live = live;
    this.element = live.view.video;
    this.waiting = [];
    this.heardAt = performance.now();
    live.view.way.textContent = gettext("video");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/ws/live/${id}/`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = (message) => this.hear(message.data);
    this.socket.onclose = () => this.live.video === this && this.live.stills(gettext("The video broke off; single pictures instead."));
  }

  hear(data) {
    if (this.live.video !== this) return;
    if (typeof data !== "string") {
      this.heardAt = performance.now();
      this.waiting.push(data);
      this.feed();
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "video") this.anew(message.codec);
    if (message.type === "again") this.live.say(gettext("The camera broke off and is asked anew …"));
    if (message.type === "fault") this.live.stills(`${message.message} ${gettext("Single pictures instead.")}`);
    if (message.type === "over") this.live.over(message.message, { isClosed: true });
  }

  anew(codec) {
    const kind = `video/mp4; codecs="${codec}"`;
    if (!MediaSource.isTypeSupported(kind)) {
      this.live.stills(gettext("This browser plays no video of this kind; single pictures instead."));
      return;
    }
    this.drop();
    const source = new MediaSource();
    this.source = source;
    this.url = URL.createObjectURL(source);
    this.element.src = this.url;
    source.addEventListener("sourceopen", () => {
      if (this.source !== source) return;
      this.buffer = source.addSourceBuffer(kind);
      this.buffer.addEventListener("updateend", () => this.feed());
      this.feed();
    }, { once: true });
  }

  feed() {
    if (!this.buffer || this.buffer.updating || !this.waiting.length || this.source.readyState !== "open") return;
    try {
      const start = this.element.currentTime - KEPT_S;
      if (this.buffer.buffered.length && this.buffer.buffered.start(0) < start - KEPT_S) {
        this.buffer.remove(0, start);
      } else {
        this.buffer.appendBuffer(this.waiting.shift());
      }
    } catch {
      this.live.stills(gettext("The player gave up; single pictures instead."));
    }
  }

  // How old the picture on the screen is, in seconds; keeps it near the newest.
  look() {
    const silent = performance.now() - this.heardAt;
    const waiting = this.waiting.reduce((sum, part) => sum + part.byteLength, 0);
    if (silent > SILENT_MS || waiting > WAITING_BYTES_MAX || this.element.error) {
      this.live.stills(gettext("The video does not come through; single pictures instead."));
      return null;
    }
    const buffered = this.element.buffered;
    if (!buffered.length) return null;
    const last = buffered.length - 1;
    const behind = buffered.end(last) - this.element.currentTime;
    if (behind > LAG_MAX_S || this.element.currentTime < buffered.start(last)) {
      this.element.currentTime = Math.max(buffered.start(last), buffered.end(last) - LAG_S);
    }
    if (this.element.hidden) {
      this.element.hidden = false;
      this.live.say("");
    }
    if (this.element.paused) this.element.play().catch(() => {});
    if (silent < 2000) this.live.say("");
    return Math.max(0, buffered.end(last) - this.element.currentTime) + silent / 1000;
  }

  drop() {
    this.waiting = [];
    this.buffer = null;
    this.source = null;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  stop() {
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close();
    this.drop();
    this.element.removeAttribute("src");
    this.element.load();
  }
}
