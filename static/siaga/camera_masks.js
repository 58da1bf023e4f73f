// Drawing privacy masks on a still: by mouse and finger, and by the keyboard alone.

const { gettext, interpolate } = window;
const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.005;
const LARGE_STEP = 0.05;
const POINTS_MAX = 64;
const MASKS_MAX = 32;
const UNDO_MAX = 100;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const share = (value) => Math.round(Math.min(1, Math.max(0, value)) * 10000) / 10000;
const percent = (value) => (value * 100).toFixed(1);
const say = (text, values) => interpolate(text, values, true);

class Editor {
  constructor(root) {
    this.root = root;
    this.sheet = root.querySelector(".sheet");
    this.svg = root.querySelector("svg");
    this.image = root.querySelector("img");
    this.output = root.querySelector(".said output");
    this.list = root.querySelector(".list");
    this.form = root.querySelector("form");
    this.masks = JSON.parse(document.getElementById("drawn-masks").textContent);
    this.saved = JSON.stringify(this.masks);
    this.past = [];
    this.open = null; // a mask that is being drawn
    this.mask = this.masks.length ? 0 : -1;
    this.point = 0;
    const acts = { add: () => this.maskAdd(), remove: () => this.maskRemove(), undo: () => this.undo(), pull: () => this.pull(false), last: () => this.pull(true) };
    for (const button of root.querySelectorAll("[data-act]")) button.addEventListener("click", acts[button.dataset.act]);
    this.svg.addEventListener("pointerdown", (event) => this.pressed(event));
    root.addEventListener("keydown", (event) => this.keyed(event));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("beforeunload", (event) => {
      if (!this.isSending && JSON.stringify(this.masks) !== this.saved) event.preventDefault();
    });
    this.draw();
    this.pull(false);
  }

  // What is changed is remembered first, so that it can be undone.
  change(act) {
    this.past.push(JSON.stringify([this.masks, this.mask, this.point]));
    if (this.past.length > UNDO_MAX) this.past.shift();
    act();
    this.draw();
  }

  undo() {
    if (this.open) {
      this.open.pop();
      if (!this.open.length) this.open = null;
    } else if (this.past.length) {
      [this.masks, this.mask, this.point] = JSON.parse(this.past.pop());
    }
    this.draw();
    this.focusPoint();
  }

  maskAdd() {
    if (this.masks.length >= MASKS_MAX) return this.said(say(gettext("At most %(limit)s masks."), { limit: MASKS_MAX }));
    this.open = null;
    this.change(() => {
      this.masks.push([[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]);
      [this.mask, this.point] = [this.masks.length - 1, 0];
    });
    this.focusPoint();
  }

  maskRemove() {
    if (this.open) {
      this.open = null;
      return this.draw();
    }
    if (this.mask < 0) return;
    this.change(() => {
      this.masks.splice(this.mask, 1);
      [this.mask, this.point] = [Math.min(this.mask, this.masks.length - 1), 0];
    });
    this.focusPoint();
  }

  pointAdd() {
    const points = this.masks[this.mask];
    if (points.length >= POINTS_MAX) return;
    this.change(() => {
      const [x1, y1] = points[this.point];
      const [x2, y2] = points[(this.point + 1) % points.length];
      points.splice(this.point + 1, 0, [share((x1 + x2) / 2), share((y1 + y2) / 2)]);
      this.point += 1;
    });
    this.focusPoint();
  }

  pointRemove() {
    const points = this.masks[this.mask];
    if (points.length <= 3) return this.said(gettext("A mask has at least three points. Delete the whole mask instead."));
    this.change(() => {
      points.splice(this.point, 1);
      this.point %= points.length;
    });
    this.focusPoint();
  }

  keyed(event) {
    if (event.key === "Enter" && this.open && !event.target.closest(".acts, form")) {
      event.preventDefault();
      return this.close();
    }
    if (event.key === "Escape" && this.open) {
      this.open = null;
      return this.draw();
    }
    if (event.ctrlKey && event.key === "z") {
      event.preventDefault();
      return this.undo();
    }
    if (!event.target.matches(".point") || this.open) return;
    if (event.key === "Insert" || event.key === "+") this.pointAdd();
    else if (event.key === "Delete" || event.key === "-") this.pointRemove();
    else if (event.key in ARROWS) {
      const step = event.shiftKey ? LARGE_STEP : STEP;
      const [right, down] = ARROWS[event.key];
      const [x, y] = this.masks[this.mask][this.point];
      this.change(() => (this.masks[this.mask][this.point] = [share(x + right * step), share(y + down * step)]));
      this.focusPoint();
    } else return;
    event.preventDefault();
  }

  place(event) {
    const box = this.svg.getBoundingClientRect();
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  }

  pressed(event) {
    if (event.button) return;
    const number = Number(event.target.dataset?.mask ?? -1);
    if (!this.open && number >= 0) {
      [this.mask, this.point] = [number, 0];
      this.draw();
      return this.focusPoint();
    }
    event.preventDefault();
    if (!this.open && this.masks.length >= MASKS_MAX) return this.said(say(gettext("At most %(limit)s masks."), { limit: MASKS_MAX }));
    this.open ??= [];
    if (this.open.length < POINTS_MAX) this.open.push(this.place(event));
    this.draw();
    this.said(say(gettext("%(count)s points. The first point or Enter closes the mask, Escape drops it."), { count: this.open.length }));
  }

  close() {
    if (this.open.length < 3) return this.said(gettext("A mask has at least three points."));
    const points = this.open;
    this.open = null;
    this.change(() => {
      this.masks.push(points);
      [this.mask, this.point] = [this.masks.length - 1, 0];
    });
    this.focusPoint();
  }

  dragged(button, event) {
    if (this.open) return Number(button.dataset.point) === 0 ? this.close() : undefined;
    this.point = Number(button.dataset.point);
    button.focus();
    button.setPointerCapture(event.pointerId);
    const before = JSON.stringify([this.masks, this.mask, this.point]);
    const move = (moved) => {
      this.masks[this.mask][this.point] = this.place(moved);
      this.shapesDraw();
      [button.style.left, button.style.top] = this.masks[this.mask][this.point].map((value) => `${value * 100}%`);
    };
    const end = () => {
      button.removeEventListener("pointermove", move);
      if (JSON.stringify([this.masks, this.mask, this.point]) !== before) this.past.push(before);
      this.draw();
      this.focusPoint();
    };
    button.addEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel"]) button.addEventListener(kind, end, { once: true });
    event.preventDefault();
  }

  draw() {
    this.shapesDraw();
    for (const button of this.sheet.querySelectorAll(".point")) button.remove();
    const points = this.open ?? this.masks[this.mask] ?? [];
    points.forEach((point, index) => this.sheet.append(this.pointMake(point, index, points.length)));
    this.list.replaceChildren(...this.masks.map((mask, index) => this.itemMake(mask, index)));
  }

  shapesDraw() {
    const shapes = this.masks.map((mask, index) => {
      const polygon = document.createElementNS(SVG, "polygon");
      polygon.setAttribute("points", mask.map(([x, y]) => `${x * 1000},${y * 1000}`).join(" "));
      polygon.dataset.mask = index;
      polygon.classList.toggle("chosen", index === this.mask && !this.open);
      return polygon;
    });
    if (this.open) {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute("points", this.open.map(([x, y]) => `${x * 1000},${y * 1000}`).join(" "));
      shapes.push(line);
    }
    this.svg.replaceChildren(...shapes);
  }

  pointMake([x, y], index, count) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "point";
    button.dataset.point = index;
    button.style.left = `${x * 100}%`;
    button.style.top = `${y * 100}%`;
    const names = { mask: (this.open ? this.masks.length : this.mask) + 1, number: index + 1, count, x: percent(x), y: percent(y) };
    button.setAttribute("aria-label", say(gettext("Mask %(mask)s, point %(number)s of %(count)s: %(x)s % from the left, %(y)s % from the top"), names));
    button.addEventListener("pointerdown", (event) => this.dragged(button, event));
    button.addEventListener("focus", () => this.pointChosen(button));
    return button;
  }

  pointChosen(button) {
    if (!this.open) this.point = Number(button.dataset.point);
    for (const other of this.sheet.querySelectorAll(".point")) other.classList.toggle("chosen", other === button);
  }

  itemMake(mask, index) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.setAttribute("aria-pressed", String(index === this.mask));
    button.textContent = say(gettext("Mask %(number)s, %(count)s points"), { number: index + 1, count: mask.length });
    button.addEventListener("click", () => {
      [this.mask, this.point, this.open] = [index, 0, null];
      this.draw();
      this.focusPoint();
    });
    item.append(button);
    return item;
  }

  focusPoint() {
    this.sheet.querySelector(`.point[data-point="${this.point}"]`)?.focus({ preventScroll: true });
  }

  said(text) {
    this.output.textContent = text;
  }

  async pull(isLast) {
    this.said(gettext("Asking for a picture …"));
    const address = `${this.root.dataset.url}?opening=${encodeURIComponent(this.root.dataset.opening)}${isLast ? "&last=1" : ""}`;
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    if (answer?.ok && answer.headers.get("Content-Type").startsWith("image/")) {
      this.image.src = URL.createObjectURL(await answer.blob());
      this.image.hidden = false;
      this.sheet.classList.remove("empty");
      return this.said("");
    }
    this.sheet.classList.toggle("empty", this.image.hidden);
    const fault = answer?.ok ? (await answer.json()).fault : gettext("The server does not answer; trying again.");
    return this.said(`${fault} ${this.image.hidden ? gettext("Masks can be drawn without a picture too.") : ""}`);
  }

  submitted(event) {
    if (this.open && this.open.length >= 3) this.close();
    else if (this.open) {
      event.preventDefault();
      return this.said(gettext("A mask has at least three points."));
    }
    this.form.elements.masks.value = JSON.stringify(this.masks);
    this.isSending = true;
  }
}

new Editor(document.getElementById("masks"));
