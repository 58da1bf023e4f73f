// The event stream: a socket that resumes after the last number, and polling where no socket can be had.

const SILENCE_MS = 8000; // the server says something every 5 s
const POLL_MS = 2000;
const PAUSE_MAX_MS = 8000;

export class Stream {
  // `taken(event)` for each event, `passed(sequence)` for numbers without one, `told(state)` with open, lost or polling,
  // `head()` gives the last number that was taken.
  constructor({ realm, head, taken, passed, told, poll }) {
    Object.assign(this, { realm, head, taken, passed, told, poll });
    this.failures = 0;
    this.isStopped = false;
  }

  start() {
    this.connect();
    this.watch = setInterval(() => this.look(), 1000);
    addEventListener("online", () => this.again(0));
    addEventListener("offline", () => this.socket?.close());
  }

  stop() {
    this.isStopped = true;
    clearInterval(this.watch);
    clearTimeout(this.timer);
    this.socket?.close();
  }

  connect() {
    if (this.isStopped) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/stream/${this.realm}/?after=${this.head()}`);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onmessage = (message) => {
      if (socket === this.socket) this.hear(JSON.parse(message.data));
    };
    socket.onclose = (closed) => {
      if (socket === this.socket) this.lost(closed.code);
    };
  }

  hear(message) {
    this.heardAt = Date.now();
    if (message.type === "event") this.taken(message);
    if (message.type === "beat" && message.sequence) this.passed(message.sequence);
    if (message.type === "hello") {
      this.failures = 0;
      clearInterval(this.polling);
      this.polling = null;
      this.told("open");
    }
  }

  look() {
    if (this.socket?.readyState === WebSocket.OPEN && Date.now() - this.heardAt > SILENCE_MS) {
      const dead = this.socket;
      this.socket = null; // a socket that hangs may take minutes to close
      dead.close();
      this.lost(0);
    }
  }

  lost(code) {
    this.socket = null;
    if (this.isStopped) return;
    if (code === 4403) {
      location.reload();
      return;
    }
    this.failures += 1;
    if (!this.polling) {
      this.told("lost");
      this.polling = setInterval(() => this.pollOnce(), POLL_MS);
    }
    const pause = Math.min(PAUSE_MAX_MS, 250 * 2 ** this.failures);
    this.again(pause * (0.5 + Math.random())); // jitter: a thousand consoles come back at once
  }

  again(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => !this.socket && this.connect(), pause);
  }

  async pollOnce() {
    try {
      const answer = await this.poll(this.head());
      answer.events.forEach((event) => this.taken(event));
      this.passed(answer.sequence);
      if (this.polling) this.told("polling");
    } catch {
      if (this.polling) this.told("lost");
    }
  }
}
