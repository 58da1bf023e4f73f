// Ticking rows of a table for one form that acts on many. The form names itself by `data-picks`.

import { gettext, ngettext, say } from "../../dispatch/js/words.js";

const form = () => document.querySelector("form[data-picks]");
const boxes = (owner) => [...owner.elements].filter((item) => item.matches('input[type="checkbox"][data-type="list"]'));
const whole = (owner) => owner.querySelector("[data-whole]:checked");

export function picksBind() {
  document.addEventListener("change", (event) => {
    const owner = form();
    if (!owner) return;
    if (event.target.matches("[data-pick-all]")) {
      boxes(owner).forEach((box) => (box.checked = event.target.checked));
    }
    picksShow();
  });
  document.addEventListener("reset", (event) => {
    if (event.target === form()) setTimeout(picksShow); // the boxes are cleared after this event
  });
}

// How many are ticked, and whether there is something to press for. What is ticked is kept until it is sent or cleared.
export function picksShow() {
  const owner = form();
  if (!owner) return;
  const all = boxes(owner);
  const count = whole(owner) ? Number(whole(owner).dataset.whole) : all.filter((box) => box.checked).length;
  const words = owner.querySelector("[data-picked]");
  words.classList.toggle("some", count > 0);
  words.textContent = count
    ? say(ngettext("%(count)s camera chosen", "%(count)s cameras chosen", count), { count })
    : gettext("Tick cameras to act on many at once.");
  owner.querySelectorAll("[data-needs-pick]").forEach((button) => (button.disabled = count === 0));
  owner.classList.toggle("dirty", count > 0);
  const head = document.querySelector("[data-pick-all]");
  const ticked = all.filter((box) => box.checked).length;
  head.checked = ticked > 0 && ticked === all.length;
  head.indeterminate = ticked > 0 && ticked < all.length;
}
