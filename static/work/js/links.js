// The link for the caller's phone: shown once, chosen, ready to be copied.

import { gettext } from "../../dispatch/js/words.js";
import { refused, said } from "./said.js";

export function linkShow(form, url) {
  const box = document.getElementById("link-made") || document.createElement("p");
  box.id = "link-made";
  box.className = "row grow";
  const input = document.createElement("input");
  input.readOnly = true;
  input.value = url;
  input.setAttribute("aria-label", gettext("Link for the caller"));
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = gettext("Copy");
  button.addEventListener("click", () => copy(input));
  box.replaceChildren(input, button);
  form.closest("[data-part]").after(box);
  input.select();
  input.focus();
}

async function copy(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    said(gettext("Copied."));
  } catch {
    refused(gettext("Copying is not allowed here: press Ctrl+C."));
  }
}
