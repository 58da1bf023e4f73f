// While a new incident is written down, the open ones that it may be stand below it, with score and reasons.

import { newKey, read, send, wordsOf } from "../../dispatch/js/api.js";
import { gettext, incidentState, say, SHAPES } from "../../dispatch/js/words.js";
import { placeOf } from "./places.js";
import { refused, saidLater } from "./said.js";

const PAUSE_MS = 400;
const REASONS = {
  near: () => gettext("near"), same_type: () => gettext("same type"), akin_type: () => gettext("similar type"),
  same_words: () => gettext("same words"), just_now: () => gettext("just now"),
};
const score = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export function duplicatesBind(root) {
  for (const form of root.querySelectorAll("form[data-duplicates]")) {
    const box = document.querySelector(form.dataset.duplicates);
    let timer = null;
    let asked = "";
    const look = async () => {
      const query = queryOf(form);
      if (query === asked) return;
      asked = query;
      const answer = await read(`incidents/duplicates/?${query}`).catch(() => ({ duplicates: [] }));
      if (query === asked) show(form, box, answer.duplicates);
    };
    for (const kind of ["input", "change"]) {
      form.addEventListener(kind, () => {
        clearTimeout(timer);
        timer = setTimeout(look, PAUSE_MS);
      });
    }
    look();
  }
}

function queryOf(form) {
  const place = placeOf(form).value;
  const query = new URLSearchParams({ type: form.elements.type.value });
  for (const name of ["lat", "lon", "radius_m"]) if (place[name] !== null) query.set(name, place[name]);
  query.set("words", `${place.place_text} ${form.elements.summary.value}`.trim().slice(0, 500));
  return query.toString();
}

function show(form, box, rows) {
  box.querySelector("ul").replaceChildren(...rows.map((row, index) => item(form, box, row, index)));
  box.hidden = !rows.length;
}

function item(form, box, row, index) {
  const { incident } = row;
  const node = document.getElementById("duplicate").content.firstElementChild.cloneNode(true);
  const mark = node.querySelector(".mark");
  mark.classList.add(incident.priority);
  mark.textContent = `${incident.priority} ${SHAPES[incident.priority]}`;
  const kind = [...form.elements.type.options].find((one) => one.value === incident.type)?.textContent ?? incident.type;
  const what = node.querySelector(".what");
  what.href = box.dataset.page.replace("{id}", incident.id);
  what.textContent = `#${incident.number} ${kind} · ${incident.place_text || gettext("place unknown")}`;
  node.querySelector(".why").textContent = whyWords(row);
  const button = node.querySelector("button");
  button.hidden = !box.dataset.call;
  if (index === 0) button.dataset.key = "j";
  else button.querySelector("kbd").remove();
  button.addEventListener("click", () => append(form, box.dataset.call, incident, what.href));
  return node;
}

function whyWords(row) {
  const words = row.reasons.map((reason) => (REASONS[reason] || (() => reason))());
  const metres = row.distance_m === null ? [] : [`${Math.round(row.distance_m)} m`];
  return [incidentState(row.incident.state), ...metres, ...words, say(gettext("score %(score)s"), { score: score.format(row.score) })].join(" · ");
}

async function append(form, call, incident, address) {
  try {
    await send("POST", `incidents/${incident.id}/calls/`, { call }, { key: newKey() });
    saidLater(say(gettext("The call belongs to incident #%(number)s now."), incident));
    form.classList.remove("dirty");
    location.assign(address);
  } catch (error) {
    refused(wordsOf(error));
  }
}
