// Words and times. `gettext` and `interpolate` come from Django's catalogue script.

const { gettext, ngettext, interpolate } = window;
export { gettext, ngettext };
// Puts values into a translated text.
export const say = (text, values) => interpolate(text, values, true);

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "Asia/Jakarta",
});
let offsetMs = 0;

// The server's clock rules; ours only counts on.
export const clockSet = (serverNow) => (offsetMs = new Date(serverNow).getTime() - Date.now());
export const now = () => Date.now() + offsetMs;
export const clock = (moment) => CLOCK.format(moment === undefined ? now() : new Date(moment));

export const age = (moment) => span(Math.floor((now() - new Date(moment).getTime()) / 1000));

// Time left until a moment, or how long it is over.
export function due(moment) {
  const left = Math.ceil((new Date(moment).getTime() - now()) / 1000);
  return left > 0 ? span(left) : `▲ +${span(-left)}`;
}
export const isOver = (moment) => new Date(moment).getTime() <= now();

function span(seconds) {
  const whole = Math.max(0, seconds);
  const two = (number) => String(number).padStart(2, "0");
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest;
}

// A number to read out; a mobile number of ours in groups.
export const phone = (number) => number.replace(/^(\+62)(8\d{2})(\d{3,4})(\d{3,5})$/, "$1 $2-$3-$4");

export const SHAPES = { P1: "◆", P2: "▲", P3: "●", P4: "■", P5: "□" };

const INCIDENT_STATES = {
  intake: () => gettext("intake"), pending: () => gettext("waiting for dispatch"), assigned: () => gettext("assigned"),
  enroute: () => gettext("units en route"), on_scene: () => gettext("units on scene"),
  under_control: () => gettext("under control"), all_clear: () => gettext("all clear"),
};
export const incidentState = (state) => (INCIDENT_STATES[state] || (() => state))();

const CAMERA_STATES = {
  wanted: () => gettext("picture wanted"), capturing: () => gettext("pulling the picture"),
  captured: () => gettext("picture is here"), analysing: () => gettext("looking for faces"),
  analysed: () => gettext("done"), failed: () => gettext("failed"),
};
export const cameraState = (state) => (CAMERA_STATES[state] || (() => state))();

const REASONS = {
  in_area: () => gettext("in the drawn area"), in_ring: () => gettext("where somebody can be by now"),
  in_view: () => gettext("looks at the scene"), near: () => gettext("scene in its range"),
  faces_readable: () => gettext("faces can be read"), seen_before: () => gettext("seen already"),
  recently_failed: () => gettext("failed lately"), added_by_operator: () => gettext("added by an operator"),
  in_radius: () => gettext("within the radius"),
};
export const reasonsOf = (reasons) => reasons.map((reason) => (REASONS[reason] || (() => reason))()).join(" · ");

const WATCH_ENDS = {
  time: () => gettext("their time is over"), closed: () => gettext("the incident was closed"),
  stopped: () => gettext("an operator ended it"), no_camera: () => gettext("no camera is near"),
};
export const watchEnd = (end) => (WATCH_ENDS[end] || (() => end))();

export const watchPace = (speed) =>
  speed < 2 ? gettext("on foot") : speed < 8 ? gettext("running") : gettext("by vehicle");

const FAULTS = {
  auth: () => gettext("password refused"), timeout: () => gettext("no answer in time"),
  unreachable: () => gettext("cannot be reached"), address_refused: () => gettext("address not allowed"),
  redirect_refused: () => gettext("sends on elsewhere"), http_status: () => gettext("answers with an error"),
  stream_broken: () => gettext("stream breaks off"), tls: () => gettext("wrong certificate"),
  picture_not_a_picture: () => gettext("sends no picture"), picture_truncated: () => gettext("picture cut off"),
  picture_empty: () => gettext("empty picture"), picture_too_large: () => gettext("picture too large"),
  storage_full: () => gettext("our storage is full"), picture_lost: () => gettext("picture was lost"),
  analysis_failed: () => gettext("not analysed"), incident_closed: () => gettext("incident is closed"),
};
export const fault = (code) => (FAULTS[code] || (() => gettext("no usable picture")))();

const MATCH_STATES = {
  proposed: () => gettext("Candidate: wants a judgement"), second_review: () => gettext("Wants a second reviewer"),
  confirmed: () => gettext("Confirmed by a person"), rejected: () => gettext("Rejected by a person"),
  expired: () => gettext("Expired without judgement"),
};
export const matchState = (state) => (MATCH_STATES[state] || (() => state))();

const QUALITY = {
  small: () => gettext("small face"), blurred: () => gettext("blurred"), badly_lit: () => gettext("badly lit"),
  doubtful_vector: () => gettext("weak likeness signal"), too_small: () => gettext("too small"),
};
export const quality = (reason) => (QUALITY[reason] || (() => reason))();
