// F2: a new incident, or the one that is open. A draft survives a reload and ends when it is sent or one signs out.

import { newKey, send, wordsOf } from "./api.js";
import { $, config } from "./page.js";
import { PlaceField } from "./place.js";
import { gettext, say } from "./words.js";

const DRAFT = "siaga.draft";
const TEXTS = ["type", "priority", "caller_name", "caller_number", "summary"];

export class IncidentForm {
  constructor({ opened, saved, placed, reread }) {
    Object.assign(this, { opened, saved, reread });
    this.place = new PlaceField({
      input: $("place"), list: $("places"), hint: $("place-hint"),
      placed: (point) => { this.touched(); placed(point); },
    });
    this.incident = null;
    this.callId = null;
    this.key = newKey();
    $("form").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    $("form").addEventListener("input", () => this.touched());
    $("form").addEventListener("change", () => this.touched());
    $("form").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.tagName === "INPUT" && !event.ctrlKey) event.preventDefault();
    });
    $("sign-out").addEventListener("submit", () => sessionStorage.removeItem(DRAFT));
    $("type").addEventListener("change", () => this.proposePriority());
    this.draftTake();
  }

  // A new incident, perhaps out of a call.
  begin(call) {
    this.incident = null;
    this.callId = call ? call.id : null;
    this.key = newKey();
    this.isDirty = false;
    TEXTS.forEach((name) => ($(name).value = ""));
    if (call) $("caller_number").value = call.caller_number || "";
    this.place.clear();
    this.error("");
    this.title();
  }

  // The incident that was chosen; keeps what is typed unless another one is shown.
  show(incident) {
    const isOther = this.incident?.id !== incident.id;
    if (!isOther && (this.isDirty || this.incident.revision >= incident.revision)) return;
    if (isOther) this.draftKeep();
    this.incident = incident;
    this.callId = null;
    this.isDirty = false;
    this.key = newKey();
    TEXTS.forEach((name) => ($(name).value = incident[name] || ""));
    this.place.set(incident);
    this.error("");
    this.title();
  }

  get values() {
    const texts = Object.fromEntries(TEXTS.map((name) => [name, $(name).value.trim()]));
    return { ...texts, caller_number: texts.caller_number || null, ...this.place.value };
  }

  touched() {
    this.isDirty = true;
    this.key = newKey(); // another content is another request
    if (!this.incident) this.draftKeep();
  }

  async submit() {
    if (this.isSending) return;
    if (!$("type").value) {
      this.error(gettext("Choose the type of incident."));
      $("type").focus();
      return;
    }
    this.isSending = true;
    $("submit").disabled = true;
    this.error("");
    try {
      await (this.incident ? this.change() : this.open());
    } catch (error) {
      this.failed(error);
    } finally {
      this.isSending = false;
      $("submit").disabled = false;
    }
  }

  async open() {
    const { priority, ...rest } = this.values;
    const body = { ...rest, ...(priority ? { priority } : {}), ...(this.callId ? { call: this.callId } : {}) };
    const incident = await send("POST", "incidents/", body, { key: this.key });
    sessionStorage.removeItem(DRAFT);
    this.isDirty = false;
    this.opened(incident);
  }

  async change() {
    const values = this.values;
    const changes = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => (this.incident[name] || null) !== (value || null)),
    );
    if (!Object.keys(changes).length) return this.saved(this.incident);
    if ("lat" in changes || "lon" in changes) Object.assign(changes, { lat: values.lat, lon: values.lon });
    if (!changes.priority) delete changes.priority;
    const revision = this.incident.revision;
    const incident = await send("PATCH", `incidents/${this.incident.id}/`, changes, { key: this.key, revision });
    this.isDirty = false;
    this.saved(incident);
    this.show(incident);
  }

  failed(error) {
    if (error.code === "precondition_failed") {
      this.error(gettext("Somebody changed this incident meanwhile. Your text stays here; the newest data are loaded when you press Esc."));
      this.reread(this.incident.id);
    } else this.error(wordsOf(error));
  }

  proposePriority() {
    const kind = config.types.find((one) => one.code === $("type").value);
    if (kind && !this.incident) $("priority").value = kind.default_priority;
  }

  title() {
    $("work-name").textContent = this.incident
      ? say(gettext("Incident #%(number)s"), this.incident)
      : this.callId ? gettext("New incident from your call") : gettext("New incident");
    $("submit-name").textContent = this.incident ? gettext("Save changes") : gettext("Open incident");
    $("story").hidden = !this.incident;
  }

  error(words) {
    $("form-error").textContent = words;
    $("form-error").hidden = !words;
  }

  draftKeep() {
    if (this.incident || !this.isDirty) return;
    sessionStorage.setItem(DRAFT, JSON.stringify({ values: this.values, callId: this.callId }));
  }

  draftTake() {
    const kept = JSON.parse(sessionStorage.getItem(DRAFT) || "null");
    this.title();
    if (!kept) return;
    this.callId = kept.callId;
    TEXTS.forEach((name) => ($(name).value = kept.values[name] || ""));
    this.place.set(kept.values);
    this.isDirty = true;
    this.title();
  }
}
