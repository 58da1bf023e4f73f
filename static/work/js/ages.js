// Times that count on: how long since, how long until, how long overdue. The server's clock rules.

import { age, clock, due, isOver, now } from "../../dispatch/js/words.js";

export function agesTick() {
  document.getElementById("clock").textContent = `${clock()} WIB`;
  document.querySelectorAll("time.age").forEach(fill);
}

function fill(node) {
  const isDue = node.dataset.age === "due";
  const words = isDue ? due(node.dateTime) : age(node.dateTime);
  if (!node.title) node.title = node.textContent;
  if (node.textContent !== words) node.textContent = words;
  node.classList.toggle("late", isDue ? isOver(node.dateTime) : isLate(node));
}

// How long something may take stands on what it is in.
function isLate(node) {
  const limit = Number(node.closest("[data-late-s]")?.dataset.lateS || Infinity);
  return now() - new Date(node.dateTime).getTime() > limit * 1000;
}
