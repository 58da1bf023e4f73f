// Keys of the whole page; single letters belong to the panel that has the focus.

import { $ } from "./page.js";

export function keysBind(actions) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const action = actionOf(event, actions);
    if (!action) return;
    event.preventDefault();
    action();
  });
  $("help-open").addEventListener("click", () => $("help").showModal());
}

function actionOf(event, actions) {
  if (event.altKey && /^Digit[1-9]$/.test(event.code)) return () => actions.nth(Number(event.code.at(-1)) - 1);
  const alt = event.altKey && { KeyN: actions.begin, KeyA: actions.answer, KeyC: actions.call, KeyR: actions.presence }[event.code];
  if (alt) return alt;
  if (event.ctrlKey && event.key === "Enter") return actions.submit;
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const isTyping = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName);
  if (event.key === "?" && !isTyping) return () => $("help").showModal();
  if (event.key === "Escape") return actions.escape;
  return actions[event.key] || null;
}
