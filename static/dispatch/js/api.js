// Requests. An unsafe one keeps its key until it is answered, so that sending it again can never do a thing twice.

const BASE = "/api/v1/";
const PAUSES_MS = [300, 1000, 2000, 4000, 8000];
let waiting = 0;
let onWaiting = () => {};

export class ApiError extends Error {
  constructor(status, error) {
    super(error.message || String(status));
    this.status = status;
    this.code = error.code || "";
    this.data = error.data || {};
  }
}

export const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

// Tells how many unsafe requests are not answered yet.
export function waitingWatch(tell) {
  onWaiting = tell;
}

export async function read(path) {
  const answer = await fetch(BASE + path, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  return taken(answer);
}

// Sends until the server answers; `options.key` is kept by who may press the button again.
export async function send(method, path, body, options = {}) {
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "X-CSRFToken": cookie("siaga_csrf"),
    "Idempotency-Key": options.key || newKey(),
    ...(options.revision ? { "If-Match": `"${options.revision}"` } : {}),
  };
  onWaiting((waiting += 1));
  try {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await fetch(BASE + path, {
        method, headers, body: JSON.stringify(body || {}), credentials: "same-origin",
        keepalive: Boolean(options.keepalive), // of a page that is being left
      }).catch(() => null);
      const isLost = !answer || answer.status === 503;
      if (!isLost) return await taken(answer);
      if (attempt >= PAUSES_MS.length && answer) return await taken(answer);
      await new Promise((done) => setTimeout(done, PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]));
    }
  } finally {
    onWaiting((waiting -= 1));
  }
}

async function taken(answer) {
  if (answer.redirected || answer.status === 401) {
    location.reload(); // signed out meanwhile: the page leads to the sign-in
    throw new ApiError(401, {});
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(answer.status, content.error || {});
  return content;
}

// What is wrong in words, field by field.
export function wordsOf(error) {
  const fields = Object.values(error.data?.fields || {}).flat().filter((text) => typeof text === "string" && text);
  return [error.message, ...(error.code === "invalid" ? fields : [])].join(" ");
}

const cookie = (name) => {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
};
