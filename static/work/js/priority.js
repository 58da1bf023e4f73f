// The priority is proposed by the type as long as nobody chose one, and the page says from where it comes.

export function priorityBind(root) {
  const priority = root.querySelector("select[data-usual]");
  if (!priority) return;
  const kinds = priority.form.elements.type;
  const why = document.getElementById(priority.getAttribute("aria-describedby"));
  let isChosen = false;
  priority.addEventListener("change", () => {
    isChosen = true;
    why.textContent = priority.dataset.chosen;
  });
  kinds.addEventListener("change", () => {
    const usual = kinds.selectedOptions[0]?.dataset.priority;
    if (isChosen || !usual) return;
    priority.value = usual;
    why.textContent = priority.dataset.usual;
  });
}
