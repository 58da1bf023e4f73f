// A button that prints the page.

export function printingBind() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });
}
