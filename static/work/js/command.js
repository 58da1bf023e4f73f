// The command line: `/` comes here, Enter sends, Tab completes, up and down are what was typed before. The server
// understands and decides; what it says stands beside the line.

import { ApiError, newKey, read, send, wordsOf } from "../../dispatch/js/api.js";
import { clock, gettext, now, say } from "../../dispatch/js/words.js";
import { readAgain } from "./parts.js";

const KEPT = "siaga.commands";
const READ = "siaga.broadcasts-read";
const KEPT_MAX = 50;
const HINT_AFTER_MS = 120;
const MARKS = { done: "✓", partly: "▲", refused: "✗" };
const $ = (id) => document.getElementById(id);
const [root, line, list, hint, result, out] =
  ["command", "command-line", "command-list", "command-hint", "command-result", "command-out"].map($);
// The incident whose page this is: `.` on the line.
const incident = location.pathname.match(/\/kejadian\/([0-9a-f-]{36})\//)?.[1] || null;

let past = JSON.parse(sessionStorage.getItem(KEPT) || "[]");
let at = past.length;
let lines = []; // what Tab goes through
let chosen = -1;
let asked = 0;
let timer = null;
let isSending = false;

// --- what may come next

function listShow(items) {
  lines = items;
  chosen = -1;
  list.replaceChildren(...items.map(rowOf));
  list.hidden = !items.length;
  line.setAttribute("aria-expanded", String(Boolean(items.length)));
  line.removeAttribute("aria-activedescendant");
}

function rowOf(item, index) {
  const [row, text, label] = ["li", "strong", "span"].map((name) => document.createElement(name));
  row.id = `command-item-${index}`;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  text.textContent = item.text;
  label.textContent = item.label === item.text ? "" : item.label;
  label.className = "sub";
  row.append(text, " ", label);
  row.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(index);
    hintSoon();
  });
  return row;
}

function take(index) {
  chosen = index;
  line.value = lines[index].text;
  [...list.children].forEach((row, number) => row.setAttribute("aria-selected", String(number === index)));
  list.children[index].scrollIntoView({ block: "nearest" });
  line.setAttribute("aria-activedescendant", list.children[index].id);
}

function hintSoon() {
  clearTimeout(timer);
  asked += 1; // what is under way is of a line that is no more
  timer = setTimeout(hintRead, HINT_AFTER_MS);
}

async function hintRead() {
  const mine = (asked += 1);
  const text = line.value;
  if (!text.trim()) {
    hintShow(null);
    return;
  }
  const query = new URLSearchParams({ text, ...(incident ? { incident } : {}) });
  const answer = await read(`commands/?${query}`).catch(() => null);
  if (mine !== asked || !answer || document.activeElement !== line) return;
  hintShow(answer);
}

function hintShow(answer) {
  hint.textContent = answer?.command ? `${answer.command.usage} — ${answer.command.help}` : answer?.message || "";
  listShow(answer?.completions || []);
}

// --- sending

async function submit() {
  const text = line.value.trim();
  if (!text || isSending) return;
  isSending = true;
  clearTimeout(timer);
  asked += 1;
  keep(text);
  hintShow(null);
  outClose();
  line.value = "";
  told("sending", `… ${text} — ${gettext("sending")}`);
  try {
    answered(text, await send("POST", "commands/", { text, incident }, { key: newKey() }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    told("refused", `✗ ${text} — ${wordsOf(error)}`);
    giveBack(text);
  } finally {
    isSending = false;
  }
}

function answered(text, answer) {
  const words = [answer.echo, answer.message].filter(Boolean).join(" — ");
  told(answer.outcome, `${MARKS[answer.outcome]} ${words} ${clock()}`);
  if (answer.outcome === "refused") giveBack(text);
  if (answer.choices.length) listShow(answer.choices);
  if (answer.show) show(answer.show);
  if (Object.keys(answer.changed).length) readAgain();
}

// A refused line stands there again to be corrected, unless something else was typed meanwhile.
function giveBack(text) {
  if (!line.value) line.value = text;
}

function told(outcome, words) {
  result.dataset.outcome = outcome;
  result.textContent = words;
  result.title = words;
}

function keep(text) {
  past = [...past.filter((one) => one !== text), text].slice(-KEPT_MAX);
  at = past.length;
  sessionStorage.setItem(KEPT, JSON.stringify(past));
}

function recall(step) {
  const next = Math.min(past.length, Math.max(0, at + step));
  if (next === at) return;
  at = next;
  line.value = past[at] || "";
  line.setSelectionRange(line.value.length, line.value.length);
  hintShow(null);
}

// --- what is to be shown

const incidentLink = (row) => [row.label || `#${row.number}`, `/kerja/kejadian/${row.id}/`];
const metres = (row) => (row.distance_m === undefined ? "" : ` · ${row.distance_m} m`);
const cameraRow = (row) => [`${row.code} ${row.name}${metres(row)}`];
const PANELS = {
  incident: (shown) => [gettext("Incident"), [incidentLink(shown.incident)]],
  cameras: (shown) => [shown.incident.label, shown.cameras.map(cameraRow)],
  camera: (shown) => [gettext("Camera"), [cameraRow(shown.camera)]],
  matches: (shown) => [gettext("Candidates are judged in the console"), [incidentLink(shown.incident), [gettext("Console"), "/konsol/"]]],
  find: (shown) => [
    say(gettext("Found for “%(query)s”"), shown),
    [
      ...(shown.incidents || []).map(incidentLink),
      ...(shown.units || []).map((row) => [`${row.call_sign} ${row.status} ${row.name}`]),
      ...(shown.cameras || []).map(cameraRow),
    ],
  ],
  map: (shown) => [gettext("Place"), [[`${shown.name} · ${shown.lat}, ${shown.lon}`]]],
  unit: (shown) => [
    `${shown.unit.call_sign} ${shown.unit.status} ${shown.unit.name}`,
    [
      ...shown.statuses.map((row) => [`${clock(row.at)} ${row.old} → ${row.new} ${row.by || ""} ${row.reason}`]),
      ...shown.assignments.map((row) => incidentLink(row.incident)),
    ],
  ],
  help: (shown) => [
    gettext("Commands"),
    shown.commands
      .filter((row) => row.is_allowed)
      .map((row) => [` — ${row.help} (${row.examples[0]})`, null, [row.usage, ...row.aliases].join(" · ")]),
  ],
};

function show(shown) {
  // A map or console on this page may take it up itself.
  document.dispatchEvent(new CustomEvent("siaga:show", { detail: shown }));
  const [title, rows] = PANELS[shown.panel](shown);
  $("command-title").textContent = title;
  $("command-rows").replaceChildren(...rows.map(shownRow));
  out.hidden = false;
}

function shownRow([words, address, head]) {
  const row = document.createElement("li");
  const node = address ? Object.assign(document.createElement("a"), { href: address }) : row;
  node.textContent = head ? words : words.trim();
  if (head) row.prepend(Object.assign(document.createElement("strong"), { textContent: head }));
  if (node !== row) row.append(node);
  return row;
}

function outClose() {
  out.hidden = true;
}

// --- broadcasts: shown until they expire, or were read here

function broadcastsTick() {
  const gone = new Set(JSON.parse(sessionStorage.getItem(READ) || "[]"));
  document.querySelectorAll("#broadcasts .broadcast").forEach((row) => {
    row.hidden = gone.has(row.dataset.id) || Date.parse(row.dataset.expires) <= now();
  });
}

function broadcastsBind() {
  const box = $("broadcasts");
  if (!box) return;
  box.addEventListener("click", (event) => {
    const row = event.target.closest("button")?.closest(".broadcast");
    if (!row) return;
    const gone = JSON.parse(sessionStorage.getItem(READ) || "[]");
    sessionStorage.setItem(READ, JSON.stringify([...gone, row.dataset.id].slice(-KEPT_MAX)));
    broadcastsTick();
  });
  new MutationObserver(broadcastsTick).observe(box, { childList: true });
  setInterval(broadcastsTick, 1000);
  broadcastsTick();
}

// --- keys

const KEYS = {
  Enter: () => submit(),
  ArrowUp: () => recall(-1),
  ArrowDown: () => recall(1),
};

line.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Tab" && !event.shiftKey && lines.length) {
    event.preventDefault();
    take((chosen + 1) % lines.length);
    if (lines.length === 1) hintSoon();
  } else if (event.key === "Escape" && (lines.length || hint.textContent || !out.hidden)) {
    event.stopPropagation(); // the first time it puts away what stands above the line, the second time it leaves
    hintShow(null);
    outClose();
  } else if (KEYS[event.key] && !event.shiftKey) {
    event.preventDefault();
    KEYS[event.key]();
  }
});
line.addEventListener("input", hintSoon);
line.addEventListener("blur", () => {
  asked += 1;
  hintShow(null);
});
$("command-form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
$("command-close").addEventListener("click", outClose);
document.addEventListener("keydown", (event) => {
  const isKey = event.key === "F9" || (event.key === "/" && localStorage.getItem("siaga.keys-off") !== "1");
  const isTyping = event.key === "/" && event.target.matches("input:not([type=checkbox]), select, textarea");
  if (!isKey || isTyping || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  line.focus();
  line.select();
});
new ResizeObserver(() => document.body.style.setProperty("--command", `${root.offsetHeight}px`)).observe(root);
broadcastsBind();
