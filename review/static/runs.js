"use strict";
// Shows how far the open run is, and stops asking when none is open.
const place = document.getElementById("runs");
const ASK_EVERY_MS = 2000;

async function follow() {
  const open = document.getElementById("runs-now").dataset.open;
  if (!open) return;
  await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
  const answer = await fetch("/models/runs").catch(() => null);
  if (answer && answer.status === 401) return; // logged out
  if (answer && answer.ok) {
    place.innerHTML = await answer.text(); // the server escapes every text in it
    if (!document.getElementById("runs-now").dataset.open) location.reload(); // a new version stands below
  }
  follow();
}

follow();
