// Filling a scorecard by keyboard: Y or N (T in Indonesian), 0 to 4, X where it does not apply; the next question comes
// by itself, arrows up and down go between them, Ctrl+Enter sends.

import { ApiError, newKey, send, wordsOf } from "../../dispatch/js/api.js";
import { gettext } from "../../dispatch/js/words.js";
import { refused, saidLater } from "./said.js";

const YES_NO = { y: "1", n: "0", t: "0" };
let isSending = false;

const rowsOf = (form) => [...form.querySelectorAll("fieldset[data-item]")];
const chosenIn = (row) => row.querySelector("input:checked");

function answer(row, value) {
  const input = row.querySelector(`input[value="${value}"]`);
  if (!input) return;
  input.checked = true;
  taken(row);
  go(row, 1);
}

function taken(row) {
  row.classList.add("answered");
  row.closest("form").classList.add("dirty");
}

function go(row, step) {
  const rows = rowsOf(row.closest("form"));
  const next = rows[rows.indexOf(row) + step];
  if (next) (chosenIn(next) || next.querySelector("input")).focus();
  else if (step > 0) row.closest("form").querySelector("textarea").focus();
}

function keyed(event) {
  const row = event.target.closest?.("fieldset[data-item]");
  if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  const isRating = row.dataset.kind === "rating";
  const value = key === "x" ? "" : isRating && /^[0-4]$/.test(key) ? key : isRating ? undefined : YES_NO[key];
  if (value !== undefined) answer(row, value);
  else if (key === "arrowdown" || key === "arrowup") go(row, key === "arrowdown" ? 1 : -1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

async function submit(form) {
  const rows = rowsOf(form);
  const open = rows.find((row) => !chosenIn(row));
  if (open) {
    refused(gettext("Every question needs an answer."));
    open.querySelector("input").focus();
    return;
  }
  const answers = Object.fromEntries(
    rows.map((row) => [row.dataset.item, chosenIn(row).value === "" ? null : Number(chosenIn(row).value)]),
  );
  const body = { version: form.dataset.version, answers, comment: form.elements.comment.value };
  await send("POST", form.dataset.sends, body, { key: newKey() });
  form.classList.remove("dirty");
  saidLater(form.dataset.done);
  location.assign(form.dataset.then);
}

document.addEventListener("keydown", keyed, true);
document.addEventListener("keydown", (event) => {
  const form = event.ctrlKey && event.key === "Enter" ? event.target.closest?.("form.scorecard") : null;
  if (form) form.requestSubmit();
});
document.addEventListener("change", (event) => {
  const row = event.target.closest("fieldset[data-item]");
  if (row) taken(row);
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("form.scorecard")) return;
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  try {
    await submit(event.target);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refused(wordsOf(error));
  } finally {
    isSending = false;
  }
});
