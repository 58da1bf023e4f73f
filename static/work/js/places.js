// The place fields of forms, with what they held when the page was read.

import { PlaceField } from "../../dispatch/js/place.js";

const fields = new WeakMap();

export function placesBind(root) {
  for (const box of root.querySelectorAll("[data-place]")) {
    const form = box.closest("form");
    const [input, list, hint] = [".place > input", ".suggestions", ".hint"].map((one) => box.parentNode.querySelector(one));
    const words = hint.textContent;
    const field = new PlaceField({
      input, list, hint, placed: () => form.dispatchEvent(new Event("input", { bubbles: true })),
    });
    field.point = pointOf(box);
    field.was = field.value;
    if (words.trim()) field.hint(words.trim());
    fields.set(form, field);
  }
}

export const placeOf = (form) => fields.get(form);

function pointOf(box) {
  const number = (text) => (text ? Number(text) : null);
  const { code, lat, lon, radius } = box.dataset;
  return { place: code || null, lat: number(lat), lon: number(lon), radius_m: number(radius) };
}
