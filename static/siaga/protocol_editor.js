// The text of a card: a fault leads to its line, the line of the cursor is shown, Ctrl+Enter keeps the draft.
"use strict";
{
  const source = document.getElementById("id_source");
  const line = document.getElementById("source-line");

  const lineShow = () => {
    const before = source.value.slice(0, source.selectionStart);
    line.textContent = `${before.split("\n").length}:${before.length - before.lastIndexOf("\n")}`;
  };

  const lineGo = (number) => {
    const lines = source.value.split("\n");
    const start = lines.slice(0, number - 1).reduce((sum, text) => sum + text.length + 1, 0);
    source.focus();
    source.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
    const height = parseFloat(getComputedStyle(source).lineHeight);
    source.scrollTop = Math.max(0, (number - 4) * height);
    lineShow();
  };

  for (const link of document.querySelectorAll("[data-line]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      lineGo(Number(link.dataset.line));
    });
  }
  for (const kind of ["keyup", "click", "focus"]) source.addEventListener(kind, lineShow);
  source.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      source.form.requestSubmit(source.form.querySelector("[name=_save]"));
    }
  });
}
