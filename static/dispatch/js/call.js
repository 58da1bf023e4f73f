// The call on this desk: what can be done with it, by button or by one letter while its panel has the focus.

import { arm, disarm, isArmed, release } from "./arming.js";
import { newKey, send } from "./api.js";
import { $, text } from "./page.js";
import { callTitle } from "./queue.js";
import { label } from "./story.js";
import { age } from "./words.js";

const TALKING = ["answered", "held"];
// Which buttons a call in a state has.
const SHOWN = {
  hold: ["answered"], resume: ["held"], end: TALKING, drop: TALKING, silent: TALKING, "wrap-up": ["ended"],
};

export class CallPanel {
  // `told(work)` does a request and says why it was refused; `changed(call)` takes the answer; `tell(words)` logs.
  constructor({ told, changed, tell }) {
    Object.assign(this, { told, changed, tell, call: null });
    this.node = $("call-line");
    this.node.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.press(button);
    });
    this.node.addEventListener("keydown", (event) => this.key(event));
  }

  render(call) {
    this.call = call;
    this.node.hidden = !call;
    if (!call) return;
    text(this.node, "#call-text", callTitle(call));
    text(this.node, "#call-state", label("call", call.state));
    const time = $("call-age");
    time.dateTime = call.answered_at || call.arrived_at;
    text(this.node, "#call-age", age(time.dateTime));
    for (const button of this.node.querySelectorAll("[data-step]")) {
      button.hidden = !SHOWN[button.dataset.step].includes(call.state) || (button.dataset.step === "silent" && call.silent_at);
    }
    $("call-work").href = `${$("call-work").dataset.base}${call.id}/`;
    if (this.classFor !== call.id + call.incident_id) {
      this.classFor = call.id + call.incident_id;
      $("call-class").value = call.incident_id ? "emergency" : "information";
    }
  }

  focus() {
    if (!this.node.hidden) this.node.focus();
  }

  key(event) {
    if (event.target.tagName === "SELECT" || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.key === "Escape" && disarm()) event.stopPropagation();
    const button = this.node.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([hidden])`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  async press(button) {
    if (this.isSending) return;
    if (button.dataset.confirm && !isArmed(button)) {
      arm(button, (words) => words && this.tell(words));
      return;
    }
    release();
    const { step, close } = button.dataset;
    const path = `calls/${this.call.id}/${step || "close"}/`;
    const body = step ? {} : { call_class: close || $("call-class").value };
    this.isSending = true;
    const call = await this.told(() => send("POST", path, body, { key: newKey() }));
    this.isSending = false;
    if (!call) return;
    this.changed(call);
    if (!step) this.tell(`${call.number}: ${label("call", call.state)} · ${label("class", call.call_class)}`);
  }
}
