// This person's desk in the bar: ready or paused, with a heartbeat; what is overdue; handovers that wait.

import { send } from "./api.js";
import { $, config, may, text } from "./page.js";
import { overdueCount, unitsInDistress } from "./store.js";
import { label } from "./story.js";
import { gettext, now, say } from "./words.js";

const HEARTBEAT_MS = 30000;

export class Desk {
  // `told(work)` does a request and says why it was refused; `changed(presence)` takes the answer.
  constructor({ told, changed }) {
    Object.assign(this, { told, changed, state: "away" });
    this.button = $("presence");
    this.button.hidden = !may("call.receive");
    this.button.addEventListener("click", () => this.toggle());
    setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  render(store) {
    this.store = store;
    this.state = store.presences[config.user_id]?.state || "away";
    this.button.dataset.state = this.state;
    this.button.setAttribute("aria-pressed", String(this.state === "ready"));
    text(this.button, ".state", label("presence", this.state));
    const mine = Object.values(store.handovers).filter((row) => row.to_user === config.user);
    $("handover").hidden = !mine.length;
    const distressed = unitsInDistress(store);
    $("distress").hidden = !distressed.length;
    $("distress").textContent = `▲ ${say(gettext("In distress: %(units)s"), { units: distressed.join(", ") })}`;
    this.tick();
  }

  // What becomes overdue makes no event.
  tick() {
    if (!this.store) return;
    const late = overdueCount(this.store, config.user, now());
    const words = late.all ? `▲ ${say(gettext("Overdue %(mine)s/%(all)s"), late)}` : gettext("Nothing is overdue");
    if ($("overdue").textContent !== words) $("overdue").textContent = words;
    $("overdue").title = say(gettext("Overdue: %(mine)s of mine, %(all)s of all"), late);
    $("overdue").className = `pill ${late.mine ? "late" : late.all ? "alarm" : ""}`;
  }

  toggle() {
    return this.say(this.state === "ready" ? "paused" : "ready");
  }

  async say(state) {
    const presence = await this.told(() => send("POST", "presence/", { state }));
    if (presence) this.changed(presence);
  }

  beat() {
    if (this.state !== "away") send("POST", "presence/", { state: this.state }).catch(() => {});
  }
}
