// Times that count on: how long since, how long until, how long overdue. The server's clock rules.

import { age, clock, now } from "../../dispatch/js/words.js";

export function agesTick() {
  document.getElementById("clock").textContent = `${clock()} WIB`;
  document.querySelectorAll("time.age").forEach(fill);
}

function fill(node) {
  const until = new Date(node.dateTime).getTime() - now();
  const isDue = node.dataset.age === "due";
  const words = isDue ? dueWords(node.dateTime, until) : age(node.dateTime);
  if (!node.title) node.title = node.textContent;
  if (node.textContent !== words) node.textContent = words;
  const late = node.closest("[data-late-s]");
  node.classList.toggle("late", (isDue && until < 0) || (late && -until > Number(late.dataset.lateS) * 1000) || false);
}

function dueWords(moment, until) {
  if (until < 0) return `▲ +${age(moment)}`;
  const seconds = Math.ceil(until / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${rest}` : rest;
}
