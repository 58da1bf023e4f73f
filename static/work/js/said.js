// What was done or refused, in words, at the foot of the page; it survives going to the next page.

import { clock } from "../../dispatch/js/words.js";

const KEPT = "siaga.said";
const good = document.getElementById("said");
const bad = document.getElementById("refused");

export function said(words) {
  bad.textContent = "";
  good.textContent = words ? `✓ ${words} ${clock()}` : "";
}

// What waits for a second press.
export function asked(words) {
  bad.textContent = "";
  good.textContent = words ? `… ${words}` : "";
}

export function refused(words) {
  good.textContent = "";
  bad.textContent = `✗ ${words}`;
}

// Says it on the page that comes next.
export function saidLater(words) {
  if (words) sessionStorage.setItem(KEPT, words);
}

export function keptSay() {
  const words = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (words) said(words);
}
