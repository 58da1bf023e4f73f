// Sending somebody else than was proposed asks for the reason: where such a one is ticked, the question is shown.
// Nobody is kept waiting for the answer: what is not said is kept as not said.

export function overrideBind(root) {
  for (const form of root.querySelectorAll("form[data-override]")) {
    const box = form.querySelector("[data-why]");
    if (!box?.hidden) continue;
    const look = () => show(form, box);
    form.addEventListener("change", look);
    form.addEventListener("reset", () => setTimeout(look));
    look();
  }
}

function show(form, box) {
  const isOverride = Boolean(form.querySelector("[data-passed]:checked"));
  box.hidden = !isOverride;
  for (const item of box.querySelectorAll("select, input")) item.disabled = !isOverride;
}
