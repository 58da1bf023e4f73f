// A table is fetched here, so that a refusal is said on this page; what is taken is saved as a file.

import { refused, said } from "./said.js";

for (const form of document.querySelectorAll("form.take")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(form);
  });
}

async function take(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  button.disabled = false;
  if (!answer?.ok) {
    const content = await answer?.json().catch(() => null);
    const fields = Object.values(content?.error?.data?.fields || {}).flat();
    refused(fields[0] || content?.error?.message || String(answer?.status ?? "–"));
    return;
  }
  save(await answer.blob(), nameOf(answer));
  said(form.dataset.done);
}

const nameOf = (answer) => /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1] || "siaga.csv";

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
