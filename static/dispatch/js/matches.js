// F6: a candidate. The person judges first, then sees what the machine measured, then decides with a reason.

import { newKey, send, wordsOf } from "./api.js";
import { $, may } from "./page.js";
import { pictureUrl } from "./pictures.js";
import { isOpenMatch, matchesOf } from "./store.js";
import { clock, gettext, matchState, quality, say } from "./words.js";

const VIEWED_MS_MIN = 2000;
const MARGIN = 0.6;
const REASON_OF = { confirm: "face_shape", reject: "other_person", unsure: "quality" };
const SEND_WORDS = {
  confirm: () => gettext("Confirm"), reject: () => gettext("Reject"),
  unsure: () => gettext("Ask a second reviewer"),
};

export class Matches {
  constructor({ reviewed }) {
    this.reviewed = reviewed;
    this.shownId = null;
    this.viewedMs = 0;
    $("choices").addEventListener("click", (event) => {
      const button = event.target.closest("button[data-decision]");
      if (button) this.judge(button.dataset.decision);
    });
    $("match").addEventListener("keydown", (event) => this.key(event));
    $("review").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    $("review-back").addEventListener("click", () => this.judge(null));
    $("reference").addEventListener("load", () => (this.hasReference = true));
    $("reference").addEventListener("error", () => ($("reference").alt = gettext("The reference photo was erased when the search ended, or cannot be loaded.")));
    setInterval(() => this.look(), 100);
  }

  focus() {
    if (!$("match").hidden) $("match").focus();
  }

  render(store, incidentId) {
    this.all = incidentId && may("match.view") ? matchesOf(store, incidentId) : [];
    const open = this.all.filter(isOpenMatch).length;
    $("match-count").textContent = this.all.length ? say(gettext("%(open)s open of %(all)s"), { open, all: this.all.length }) : "";
    $("match-empty").hidden = this.all.length > 0;
    $("match").hidden = !this.all.length;
    if (!this.all.length) {
      this.shownId = null;
      return;
    }
    const known = this.all.find((match) => match.id === this.shownId);
    this.fill(known || this.all[0]);
  }

  fill(match) {
    const isNew = match.id !== this.shownId;
    this.match = match;
    if (isNew) this.begin(match);
    const position = this.all.length > 1 ? ` (${this.all.indexOf(match) + 1}/${this.all.length})` : "";
    $("match-state").textContent = matchState(match.state) + position;
    const who = match.reviews.map((review) => `${review.reviewer} ${clock(review.reviewed_at)}`).join(", ");
    $("match-quality").textContent = who || qualityWords(match);
    const canJudge = isOpenMatch(match) && may("match.review") && !this.judged.has(match.id);
    $("judge-ask").hidden = !canJudge || Boolean(this.decision);
    $("choices").hidden = !canJudge || Boolean(this.decision);
    $("review").hidden = !canJudge || !this.decision;
  }

  judged = new Set();

  begin(match) {
    this.shownId = match.id;
    this.viewedMs = 0;
    this.hasReference = this.hasProbe = false;
    this.decision = null;
    this.sendKey = newKey();
    $("review-note").value = "";
    $("match").classList.toggle("is-minor", match.entry.is_minor);
    $("match-label").textContent = match.entry.label;
    $("match-camera").textContent = `${match.camera.code} ${clock(match.snapshot.received_at)}`;
    $("reference").alt = gettext("Reference photo");
    $("reference").src = `/api/v1/matches/${match.id}/reference/`;
    this.crop(match);
  }

  crop(match) {
    const canvas = $("probe");
    const brush = canvas.getContext("2d");
    brush.clearRect(0, 0, canvas.width, canvas.height);
    const image = new Image();
    image.addEventListener("load", () => {
      if (match.id !== this.shownId) return;
      const [x, y, width, height] = match.box;
      const side = Math.max(width, height) * (1 + MARGIN);
      const [left, top] = [x + width / 2 - side / 2, y + height / 2 - side / 2];
      brush.imageSmoothingQuality = "high";
      brush.drawImage(image, left, top, side, side, 0, 0, canvas.width, canvas.height);
      this.hasProbe = true;
    });
    // Who judges sees the face; everybody else, and afterwards, the copy in which faces are covered.
    const isJudged = !isOpenMatch(match) || !may("match.review") || this.judged.has(match.id);
    image.src = pictureUrl(match.snapshot.id, match.incident_id) + (isJudged ? "" : `&match=${match.id}`);
  }

  look() {
    const isSeen = this.shownId && this.hasReference && this.hasProbe && !document.hidden;
    if (isSeen) this.viewedMs += 100;
    const isTooSoon = this.decision === "confirm" && this.viewedMs < VIEWED_MS_MIN;
    $("review-send").disabled = Boolean(this.isSending || isTooSoon);
  }

  judge(decision) {
    this.decision = decision;
    $("review-error").hidden = true;
    if (decision) {
      $("reason").value = REASON_OF[decision];
      $("review-send").textContent = SEND_WORDS[decision]();
      $("match-score").textContent = scoreWords(this.match);
    }
    this.fill(this.match);
    (decision ? $("reason") : $("match")).focus();
  }

  key(event) {
    if (["SELECT", "INPUT"].includes(event.target.tagName)) {
      if (event.key === "Escape") this.judge(null);
      return;
    }
    const decision = { y: "confirm", n: "reject", u: "unsure" }[event.key.toLowerCase()];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (decision && !$("choices").hidden) this.judge(decision);
    else if (step) this.fill(this.all[(this.all.indexOf(this.match) + step + this.all.length) % this.all.length]);
    else return;
    event.preventDefault();
  }

  async send() {
    if (this.isSending || $("review-send").disabled) return;
    this.isSending = true;
    const body = { decision: this.decision, reason: $("reason").value, note: $("review-note").value.trim(), viewed_ms: this.viewedMs };
    const { id } = this.match;
    try {
      const match = await send("POST", `matches/${id}/reviews/`, body, { key: this.sendKey });
      this.judged.add(id);
      this.decision = null;
      this.reviewed(match);
      $("match").focus();
    } catch (error) {
      this.sendKey = newKey();
      $("review-error").textContent = wordsOf(error);
      $("review-error").hidden = false;
    } finally {
      this.isSending = false;
    }
  }
}

function qualityWords(match) {
  const words = match.quality.reasons.map(quality);
  return [say(gettext("face %(px)s px wide"), { px: match.quality.face_px }), ...words].join(" · ");
}

function scoreWords(match) {
  const isNormalised = match.normalised_score !== null;
  const score = (isNormalised ? match.normalised_score : match.raw_score).toFixed(2);
  const words = [say(gettext("Score %(score)s · threshold %(threshold)s"), { score, threshold: match.threshold.toFixed(2) })];
  if (match.expected_false_candidates === null) words.push(gettext("list too small for an error rate"));
  else words.push(say(gettext("expected false candidates %(count)s"), { count: match.expected_false_candidates.toPrecision(2) }));
  return words.join(" · ");
}
