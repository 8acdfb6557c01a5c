"use strict";
// Waits for the verdict, asks why, waits for the answer.
const place = document.getElementById("answer");
const ASK_EVERY_MS = 300;
const ASK_AT_MOST = 400; // two minutes; a reload goes on from there

async function follow(asked = 0) {
  const now = document.getElementById("answer-now");
  if (now.dataset.answered || asked >= ASK_AT_MOST || !["pending", "ham", "spam"].includes(now.dataset.state)) return;
  const ask = now.querySelector("form.ask");
  if (ask) await fetch(ask.action, { method: "POST", body: new URLSearchParams(new FormData(ask)) }).catch(() => null);
  await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
  const answer = await fetch(`/check/${now.dataset.row}/answer`).catch(() => null);
  if (answer && answer.status === 401) return; // logged out
  if (answer && answer.ok) place.innerHTML = await answer.text(); // the server escapes every text in it
  await follow(asked + 1);
}

if (place) follow();
