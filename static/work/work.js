// Plain pages: each form sends one request to the API; what it says stands in the status line, then the page is read
// anew. Buttons with a letter answer to that key. The page is read anew every few seconds while nobody types in it.

import { newKey, send, wordsOf } from "../dispatch/js/api.js";

const READ_AGAIN_MS = 5000;
const HEARTBEAT_MS = 30000;
const live = document.getElementById("live");
const said = document.getElementById("said");
let isDirty = false;
let isSending = false;

const KINDS = {
  number: Number,
  optional: (value) => (value.trim() === "" ? null : Number(value)),
  boolean: (value) => value === "true",
  minutes: (value) => new Date(Date.now() + Number(value) * 60000).toISOString(),
};

function bodyOf(form, button) {
  const body = {};
  const inputs = [...form.elements].filter((item) => item.name && (item.type !== "submit" || item === button));
  for (const item of inputs) {
    if (item.tagName === "BUTTON" && item !== button) continue;
    if (item.type === "checkbox") body[item.name] = item.checked;
    else if (item.name === "position") body.position = Number(item.value);
    else if (item.name === "show") continue;
    else body[item.name] = (KINDS[item.dataset.type] || String)(item.value);
  }
  if (form.dataset.method === "PATCH") changedOnly(form, body);
  if ("caller_number" in body && !body.caller_number) body.caller_number = null;
  if (form.dataset.api.startsWith("protocol-runs/") && "position" in body && !("key" in body)) body.key = "";
  return body;
}

// Only what was changed is sent, so that what others changed meanwhile stays.
function changedOnly(form, body) {
  for (const item of form.elements) {
    if (!item.name) continue;
    const before = item.tagName === "SELECT" ? [...item.options].find((row) => row.defaultSelected)?.value : item.defaultValue;
    if (item.value === before) delete body[item.name];
  }
}

async function submit(form, button) {
  if (isSending) return;
  isSending = true;
  const { api, method, then, revision } = form.dataset;
  try {
    const answer = await send(method, api, bodyOf(form, button), { key: newKey(), revision });
    isDirty = false;
    if (then === "incident") location.assign(`/kerja/kejadian/${answer.id}/`);
    else if (then === "protocol") location.assign(`/kerja/protokol/${answer.id}/`);
    else {
      await readAgain(true);
      said.className = "good";
      said.textContent = answer.url ? `${gettext("Send this to the caller:")} ${answer.url}` : gettext("Done.");
    }
  } catch (error) {
    said.className = "bad";
    said.textContent = wordsOf(error);
  } finally {
    isSending = false;
  }
}

// A signed-out page or an error is not put in place of what stands here.
async function readAgain(isOwn) {
  if (!isOwn && (isDirty || live.querySelector("button.running"))) return;
  const focused = document.activeElement?.id;
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  if (!fresh || (!isOwn && isDirty)) return;
  if (fresh.innerHTML !== live.innerHTML) {
    live.replaceChildren(...fresh.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.act")) return;
  event.preventDefault();
  submit(event.target, event.submitter);
});
live.addEventListener("input", () => {
  isDirty = true;
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input, select, textarea");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const button = live.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (button) {
    event.preventDefault();
    button.closest("form").requestSubmit(button);
  }
});

live.addEventListener("click", (event) => {
  const timer = event.target.closest("button.timer");
  const beat = event.target.closest("button.beat");
  if (timer) countDown(timer);
  if (beat) beatOn(beat);
});

function countDown(button) {
  if (button.classList.toggle("running")) {
    const ends = Date.now() + Number(button.dataset.seconds) * 1000;
    const tick = () => {
      const left = Math.ceil((ends - Date.now()) / 1000);
      if (!button.classList.contains("running")) return;
      button.textContent = left > 0 ? `⏱ ${left} s` : `⏱ ${gettext("Now")}`;
      if (left > 0) setTimeout(tick, 250);
      else button.classList.remove("running");
    };
    tick();
  } else {
    button.textContent = `⏱ ${button.dataset.seconds} s`;
  }
}

// A short tone for each compression; the button shows it for those who do not hear it.
function beatOn(button) {
  if (!button.classList.toggle("running")) return;
  const audio = new AudioContext();
  const every = 60000 / Number(button.dataset.beats);
  const beat = () => {
    if (!button.classList.contains("running")) {
      audio.close();
      return;
    }
    const tone = audio.createOscillator();
    tone.frequency.value = 880;
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.05);
    setTimeout(beat, every);
  };
  beat();
}

setInterval(() => readAgain(false), READ_AGAIN_MS);
// Who is ready stays so while a page of theirs is open.
setInterval(() => {
  const ready = live.querySelector("[data-ready]");
  if (ready) send("POST", "presence/", { state: "ready" }).catch(() => {});
}, HEARTBEAT_MS);
