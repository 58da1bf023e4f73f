// Keys of the plain pages. Single letters belong to the buttons and fields that show them, can be switched off, and
// never act while somebody types.

import { disarm } from "../../dispatch/js/arming.js";
import { buttonsOf } from "./forms.js";

const OFF = "siaga.keys-off";
const dialog = document.getElementById("keys");
const switchOn = document.getElementById("keys-on");
const isOn = () => localStorage.getItem(OFF) !== "1";

export function keysBind() {
  switchOn.checked = isOn();
  switchOn.addEventListener("change", () => localStorage.setItem(OFF, switchOn.checked ? "" : "1"));
  document.getElementById("keys-open").addEventListener("click", keysShow);
  document.addEventListener("keydown", (event) => {
    if (dialog.open || event.repeat) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
  document.addEventListener("keydown", arrows);
  menusBind();
}

// A menu closes once it was left; what else opens on a page stays open until it is closed.
function menusBind() {
  document.querySelectorAll("details[data-menu]").forEach((menu) => {
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.removeAttribute("open");
    });
    document.addEventListener("pointerdown", (event) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });
}

function actionOf(event) {
  const { key } = event;
  if (event.ctrlKey && key === "Enter") return sender(event.target.closest("form.act"));
  if (event.altKey && /^Digit[0-9]$/.test(event.code)) return opener(document.querySelector(`[data-page="${event.code.at(-1)}"]`));
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (key === "F2") return () => document.querySelector("#live input:not([type=hidden]), #live select, #live textarea")?.focus();
  if (key === "Escape") return escape(event);
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return null;
  if (key === "?") return keysShow;
  return isOn() ? presser(find(key)) : null;
}

// A form with one way to send it; where there are several, one has to be pressed.
function sender(form) {
  const buttons = form ? buttonsOf(form) : [];
  return buttons.length === 1 ? () => form.requestSubmit(buttons[0]) : null;
}

// A link of a page is followed; the menu of the others opens at its first one.
function opener(node) {
  const menu = node?.closest("summary")?.parentElement;
  if (!menu) return node && (() => node.click());
  return () => {
    menu.setAttribute("open", "");
    menu.querySelector("a").focus();
  };
}

// The page comes first, the strip above it second: a card may ask for any letter.
function find(key) {
  const selector = `[data-key="${CSS.escape(key.toLowerCase())}"]`;
  return document.querySelector(`#live ${selector}`) || document.querySelector(`#strip ${selector}`);
}

function presser(node) {
  if (!node) return null;
  if (node.matches("input, select, textarea")) return () => node.focus();
  if (node.matches("summary")) {
    return () => {
      const box = node.parentElement;
      box.toggleAttribute("open", true);
      (box.querySelector("input:not([type=hidden]), select, textarea") || node).focus();
    };
  }
  return () => node.click();
}

function escape(event) {
  if (disarm()) return () => {};
  const box = event.target.closest?.("details[open]");
  if (box) {
    return () => {
      box.removeAttribute("open");
      box.querySelector("summary").focus();
    };
  }
  return event.target.matches("input, select, textarea") ? () => event.target.blur() : null;
}

// Up and down among the first links of a table's rows, or of a menu.
function arrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = document.activeElement?.closest?.("[data-rows], [data-menu][open]");
  if (!step || event.target.matches("input, select, textarea")) return;
  const links = [...(list || document.querySelector("[data-rows]") || document.createElement("p")).querySelectorAll("tr, li")]
    .map((row) => row.querySelector("a"))
    .filter(Boolean);
  const next = list ? links[links.indexOf(document.activeElement) + step] : links[0];
  if (!next) return;
  next.focus();
  event.preventDefault();
}

function keysShow() {
  const rows = [...document.querySelectorAll("#live [data-key], #strip [data-key]")].filter((node) => node.dataset.key);
  const names = new Map(rows.reverse().map((node) => [node.dataset.key, nameOf(node)]));
  const list = document.getElementById("keys-list");
  list.replaceChildren(...[...names].reverse().flatMap(([key, name]) => pair(key.toUpperCase(), name)));
  dialog.showModal();
}

function nameOf(node) {
  const label = node.id && document.querySelector(`label[for="${node.id}"]`);
  const copy = (label || node).cloneNode(true);
  copy.querySelectorAll("kbd").forEach((one) => one.remove());
  return copy.textContent.trim();
}

function pair(key, name) {
  const [term, words, mark] = ["dt", "dd", "kbd"].map((one) => document.createElement(one));
  mark.textContent = key;
  term.append(mark);
  words.textContent = name;
  return [term, words];
}
