// Small helpers for the page. Data goes in as text, never as HTML.

export const $ = (id) => document.getElementById(id);
export const config = JSON.parse($("config").textContent);
export const may = (permission) => config.permissions.includes(permission);

export const copyOf = (templateId) => $(templateId).content.firstElementChild.cloneNode(true);

export function text(parent, selector, value) {
  const node = parent.querySelector(selector);
  if (node.textContent !== value) node.textContent = value;
  return node;
}

// Keeps one child for each row, in order, so that focus and loaded pictures stay where they are.
export function rowsInto(list, rows, make, fill) {
  const known = new Map(Array.from(list.children, (node) => [node.dataset.id, node]));
  rows.forEach((row, index) => {
    let node = known.get(row.id);
    if (!node) {
      node = make(row);
      node.dataset.id = row.id;
    }
    known.delete(row.id);
    fill(node, row, index);
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
  });
  known.forEach((node) => node.remove());
}

// Arrow keys move among the buttons of a list.
export function arrowsIn(list) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = Array.from(list.querySelectorAll("button"));
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (next) {
      next.focus();
      event.preventDefault();
    }
  });
}

const LOG_LINES = 8;

// The newest stands first; what one did oneself must not vanish because a camera answered a moment later.
export function log(words, stamp) {
  const line = document.createElement("span");
  line.className = "log-line";
  line.textContent = `${stamp} ${words}`;
  $("log").prepend(line);
  while ($("log").childElementCount > LOG_LINES) $("log").lastElementChild.remove();
}
