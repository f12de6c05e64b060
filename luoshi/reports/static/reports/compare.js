/* Compare a file with the SHA-256 of the issued one, on this device: nothing is sent anywhere. */

const input = document.getElementById("own-file");

async function sha256(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function tell(same, words) {
  const [shown, hidden] = [".compare-same", ".compare-other"].map((name) => document.querySelector(name));
  const place = same ? shown : hidden;
  (same ? hidden : shown).hidden = true;
  place.hidden = false;
  place.querySelector("p").textContent = words;
}

input?.addEventListener("change", async () => {
  const file = input.files[0];
  if (!file || !input.dataset.sha256) return;
  if (!window.crypto?.subtle) return tell(false, input.dataset.unable);
  const same = (await sha256(file)) === input.dataset.sha256;
  tell(same, `${file.name}: ${same ? input.dataset.same : input.dataset.other}`);
});
