// The page in parts: each is read anew from the server by itself, unless somebody is busy in it.

import { answered } from "./connection.js";

const parts = new Map(); // name -> its HTML as the server sent it
let onFresh = () => {};

const named = (root) => new Map([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));

// `fresh(part)` is called for each part that was put in place.
export function partsBegin({ fresh }) {
  onFresh = fresh;
  named(document).forEach((node, name) => parts.set(name, node.innerHTML));
}

// Typed but not sent, an open list, a running timer, or an answer that waits for its second press.
const isBusy = (part) =>
  Boolean(part.querySelector("form.dirty, .running, .armed, .conflict")) ||
  (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));

let reading = null;
let isWanted = false;

// Reads the page again; a second wish while one is under way is answered by one more read.
export async function readAgain() {
  if (reading) {
    isWanted = true;
    return reading;
  }
  reading = readOnce();
  await reading;
  reading = null;
  if (!isWanted) return undefined;
  isWanted = false;
  return readAgain();
}

// A page of another person, a sign-in or an error is not put in place of what stands here.
async function readOnce() {
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  answered(Boolean(answer));
  if (!answer || !answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = named(page);
  const present = named(document);
  const isOther = fresh.size !== present.size || [...fresh.keys()].some((name) => !present.has(name));
  if (isOther && ![...present.values()].some(isBusy)) wholeReplace(page);
  named(document).forEach((node, name) => {
    const next = fresh.get(name);
    if (next && next.innerHTML !== parts.get(name) && !isBusy(node)) replace(node, next, name);
  });
}

// A part came or went, so that the frame of the page is another.
function wholeReplace(page) {
  const [live, next] = [document, page].map((root) => root.getElementById("live"));
  if (!next) return;
  named(next).forEach((node, name) => parts.set(name, node.innerHTML));
  live.dataset.about = next.dataset.about;
  fill(live, next);
}

function replace(node, next, name) {
  parts.set(name, next.innerHTML);
  fill(node, next);
}

function fill(node, next) {
  const open = new Set([...node.querySelectorAll("details[open]")].map((one) => one.id));
  focusKept(() => {
    node.replaceChildren(...[...next.childNodes].map((child) => document.importNode(child, true)));
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    onFresh(node);
  });
}

// Does `work`, and puts the focus back on what is the same element after it, unless it has gone elsewhere meanwhile.
async function focusKept(work) {
  const focused = document.activeElement;
  const sign = focused && focused !== document.body ? signOf(focused) : null;
  await work();
  if (sign && document.activeElement === document.body) focusables().find((one) => signOf(one) === sign)?.focus({ preventScroll: true });
}

// After a form was sent: its button again if it is still there, else the heading of its part. The fields let go of the
// focus, so that the letters are keys again.
export async function sentFrom(form) {
  const name = form.closest("[data-part]")?.dataset.part;
  const focused = document.activeElement;
  const sign = focused.matches("button") ? signOf(focused) : null;
  focused.blur();
  await readAgain();
  if (document.activeElement !== document.body) return;
  const same = sign && focusables().find((one) => signOf(one) === sign);
  (same || headOf(document.querySelector(`[data-part="${name}"]`)))?.focus({ preventScroll: true });
}

function headOf(part) {
  const head = part?.querySelector("h1, h2") || document.querySelector("h1");
  head?.setAttribute("tabindex", "-1");
  return head;
}

const focusables = () => [...document.querySelectorAll("#live :is(a[href], button, input, select, textarea, summary), #strip :is(a[href], button)")];

// What makes an element the same one after its part was read anew.
const signOf = (node) =>
  node.id || node.getAttribute("href") || [node.closest("form")?.dataset.api, node.name, node.value, node.textContent.trim()].join(" ");
