// Asks the phone for its position and sends it, again every ten seconds while the page is open: callers move.

const button = document.getElementById("send");
const said = document.getElementById("said");
const exact = document.getElementById("exact");
const AGAIN_MS = 10000;

const position = () =>
  new Promise((found, refused) => {
    navigator.geolocation.getCurrentPosition(found, refused, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  });

async function tell() {
  let fix;
  try {
    fix = await position();
  } catch {
    said.textContent = said.dataset.refused;
    button.disabled = false;
    return;
  }
  const { latitude, longitude, accuracy } = fix.coords;
  const answer = await fetch(button.dataset.url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      lat: latitude, lon: longitude, radius_m: accuracy, measured_at: new Date(fix.timestamp).toISOString(),
    }),
  }).catch(() => null);
  said.textContent = answer ? (await answer.json()).message : said.dataset.offline;
  if (answer?.ok) exact.textContent = `${said.dataset.exact} ${Math.round(accuracy)} m · ${new Date().toLocaleTimeString("en-GB", { timeZone: "Asia/Jakarta" })}`;
  if (!answer || answer.ok) setTimeout(tell, AGAIN_MS);
}

button.addEventListener("click", () => {
  button.disabled = true;
  said.textContent = said.dataset.asking;
  tell();
});
