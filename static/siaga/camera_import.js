// How far an upload is, and that a file is being worked at: a large one takes seconds, and is sent once only.

const { gettext, interpolate } = window;
const progress = document.getElementById("import-progress");
const bar = progress.querySelector("progress");
const output = progress.querySelector("output");
let startedMs = 0;

function told(text) {
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  output.textContent = seconds > 1 ? `${text} ${seconds} s` : text;
}

function begin(form, text) {
  startedMs = Date.now();
  progress.hidden = false;
  for (const button of form.querySelectorAll("[type=submit]")) button.disabled = true;
  const timer = setInterval(() => told(text()), 500);
  told(text());
  return () => {
    clearInterval(timer);
    progress.hidden = true;
    for (const button of form.querySelectorAll("[type=submit]")) button.disabled = false;
  };
}

function failed(form) {
  const note = document.createElement("p");
  note.className = "errornote";
  note.setAttribute("role", "alert");
  note.textContent = gettext("The file did not arrive. It is still chosen here: send it again.");
  form.prepend(note);
}

// The upload by hand, so that its progress can be told; the answer is the page that a plain form would have got.
function upload(event) {
  const form = event.currentTarget;
  const file = form.elements.file.files[0];
  if (!file) return;
  event.preventDefault();
  for (const note of form.querySelectorAll(".errornote")) note.remove();
  let sent = 0;
  const end = begin(form, () =>
    sent < 1 ? interpolate(gettext("Sending: %s %"), [Math.floor(sent * 100)]) : gettext("Looking through the file …"),
  );
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (moved) => {
    sent = moved.total ? moved.loaded / moved.total : 0;
    if (sent < 1) bar.value = sent;
    else bar.removeAttribute("value");
  });
  request.upload.addEventListener("load", () => {
    sent = 1;
    bar.removeAttribute("value");
  });
  request.addEventListener("load", () => {
    end();
    if (request.status >= 400) return failed(form);
    const isElsewhere = new URL(request.responseURL).pathname !== location.pathname;
    if (isElsewhere) return location.assign(request.responseURL);
    const found = new DOMParser().parseFromString(request.responseText, "text/html");
    form.prepend(...found.querySelectorAll("#import-form .errornote"));
  });
  for (const kind of ["error", "abort", "timeout"]) {
    request.addEventListener(kind, () => {
      end();
      failed(form);
    });
  }
  request.open("POST", location.href);
  request.send(new FormData(form));
}

document.getElementById("import-form")?.addEventListener("submit", upload);
document.getElementById("apply-form")?.addEventListener("submit", (event) => {
  const form = event.currentTarget;
  setTimeout(() => begin(form, () => gettext("Taking over …")));
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
