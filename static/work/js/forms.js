// Each form sends one request to the API: its fields are the body, what the API says stands at the foot of the page.

import { ApiError, newKey, send, wordsOf } from "../../dispatch/js/api.js";
import { gettext } from "../../dispatch/js/words.js";
import { arm, isArmed, release } from "../../dispatch/js/arming.js";
import { conflictShow } from "./conflict.js";
import { before } from "./fields.js";
import { linkShow } from "./links.js";
import { readAgain, sentFrom } from "./parts.js";
import { placeOf } from "./places.js";
import { asked, refused, said, saidLater } from "./said.js";

const KINDS = {
  number: Number,
  boolean: (value) => value === "true",
  null: (value) => value || null,
  optional: (value) => (value.trim() === "" ? null : Number(value.replace(",", "."))),
  days: (value) => new Date(Date.now() + Number(value) * 86400000).toISOString(),
  jakarta: (value) => `${value}:00+07:00`, // a field of date and time knows no offset
  minutes: (value) => new Date(Date.now() + Number(value) * 60000).toISOString(),
};
const ROWS_SAID = 5;
let sending = null; // the button of the request that is under way
let next = null; // what was pressed meanwhile: the last of it, once

export function formsBind() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.act")) return;
    event.preventDefault();
    submit(event.target, event.submitter);
  });
  document.addEventListener("input", (event) => {
    event.target.closest("form.act")?.classList.add("dirty");
    event.target.removeAttribute("aria-invalid");
  });
  // Where a form has several buttons, Enter in a field would press the first of them: nobody means that.
  document.addEventListener("keydown", (event) => {
    const isField = event.key === "Enter" && event.target.matches("form.act input");
    if (isField && buttonsOf(event.target.form).length > 1) event.preventDefault();
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form.dirty:not([data-picks])")) event.preventDefault();
  });
}

export const buttonsOf = (form) => [...form.querySelectorAll("button:not([type=button])")];

async function submit(form, button) {
  if (sending) {
    if ((button ?? form) !== sending) next = { form, button };
    return;
  }
  if (button?.dataset.confirm && !isArmed(button)) {
    arm(button, asked);
    return;
  }
  release();
  const body = bodyOf(form, button);
  if (form.hasAttribute("data-changed-only") && !Object.keys(body).length) {
    said(gettext("Nothing was changed."));
    return;
  }
  sending = button ?? form;
  document.body.dataset.sending = "1"; // the form itself may be read anew meanwhile
  try {
    const { api, method, revision } = form.dataset;
    done(form, await send(method, api, body, { key: newKey(), revision }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    await failed(form, body, error);
  } finally {
    sending = null;
    delete document.body.dataset.sending;
    after();
  }
}

// Nobody's press is lost because the one before was still under way.
function after() {
  const { form, button } = next ?? {};
  next = null;
  if (form?.isConnected) submit(form, button);
  else if (form) refused(gettext("The page has changed meanwhile: press it again."));
}

function done(form, answer) {
  const words = answer.said || form.dataset.done || gettext("Done.");
  form.classList.remove("dirty");
  if (form.dataset.then) {
    next = null; // meant for the page that is left now
    saidLater(words.trim());
    location.assign(form.dataset.then.replace("{id}", answer.id));
    return;
  }
  if (!form.hasAttribute("data-changed-only")) form.reset();
  form.closest("details")?.removeAttribute("open");
  const left = leftOf(answer);
  if (left.length) refused(left.join(" "));
  else if (answer.is_good === false) refused(words.trim());
  else said(words.trim());
  if (answer.url) linkShow(form, answer.url);
  else sentFrom(form);
}

// What was not done of a request that was: of several units some may have gone elsewhere meanwhile, rows of a file are
// refused one by one.
function leftOf(answer) {
  if (Array.isArray(answer.refused)) return answer.refused.map((one) => one.message);
  if (!answer.refused) return [];
  const rows = answer.rows.filter((row) => !["taken", "repeated"].includes(row.code));
  return rows.slice(0, ROWS_SAID).map((row) => `${row.row}: ${row.text}.`);
}

async function failed(form, body, error) {
  next = null; // what it was meant to follow did not happen, and its answer would cover the reason
  if (error.code === "precondition_failed" && form.hasAttribute("data-changed-only")) {
    await conflictShow(form, body, error);
    return;
  }
  refused(wordsOf(error));
  const wrong = Object.keys(error.data.fields || {}).map((name) => form.elements[name]).filter((item) => item?.focus);
  wrong.forEach((item) => item.setAttribute("aria-invalid", "true"));
  wrong[0]?.focus();
  if (error.status === 409) readAgain(); // the thing has gone on: show how it stands
}

function bodyOf(form, button) {
  const body = {};
  for (const item of form.elements) {
    if (!item.name || item.disabled || item.closest("[data-place]")) continue;
    if (item.tagName === "BUTTON" && item !== button) continue;
    take(body, item);
  }
  const place = placeOf(form);
  if (place) Object.assign(body, place.value);
  return form.hasAttribute("data-changed-only") ? changedOnly(form, body, place) : body;
}

function take(body, item) {
  if (item.dataset.type === "list") {
    body[item.name] = [...(body[item.name] || []), ...(item.checked ? [item.value] : [])];
  } else if (item.type === "checkbox") body[item.name] = item.checked;
  else if (!("optional" in item.dataset && !item.value)) {
    body[item.name] = (KINDS[item.dataset.type] || String)(item.value);
  }
}

// Only what was changed is sent, so that what others changed meanwhile stays.
function changedOnly(form, body, place) {
  for (const item of form.elements) {
    if (item.name in body && item.value === before(item)) delete body[item.name];
  }
  if (!place) return body;
  const was = place.was;
  const isElsewhere = ["lat", "lon", "radius_m"].some((name) => body[name] !== was[name]);
  if (!isElsewhere) ["lat", "lon", "radius_m"].forEach((name) => delete body[name]);
  if (body.place === was.place) delete body.place;
  if (body.place_text === was.place_text) delete body.place_text;
  return body;
}
