"use strict";
// Sends the form without leaving the page, then asks for the line again until it is judged.
const form = document.getElementById("say");
const lines = document.getElementById("lines");
const trouble = document.getElementById("trouble");
const ASK_EVERY_MS = 100;
const ASK_AT_MOST = 3000; // five minutes; a reload goes on from there

function place(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // the server escapes every text in it
  const line = holder.content.querySelector("li");
  const shown = document.getElementById(line.id);
  if (shown) shown.replaceWith(line);
  else lines.append(line);
  document.getElementById("empty").hidden = true;
  return line;
}

async function follow(line, asked = 0) {
  if (line.dataset.state !== "pending" || asked >= ASK_AT_MOST) return line;
  await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
  const answer = await fetch(`/chat/lines/${line.dataset.id}`).catch(() => null);
  const next = answer && answer.ok ? place(await answer.text()) : line;
  return follow(next, asked + 1);
}

function say(reason) {
  trouble.textContent = reason;
  trouble.hidden = !reason;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  body.set("wants", "line");
  const button = event.submitter;
  const isExample = button && button.name === "example";
  if (isExample) body.set("example", button.value);
  const answer = await fetch("/chat", { method: "POST", body }).catch(() => null);
  if (!answer || !answer.ok) {
    const why = { 401: trouble.dataset.loggedOut, 413: trouble.dataset.tooLarge };
    say((answer && why[answer.status]) || trouble.dataset.refused);
    return;
  }
  say("");
  const line = place(await answer.text());
  form.elements.key.value = line.dataset.freshKey;
  if (!isExample) form.elements.text.value = "";
  (await follow(line)).scrollIntoView({ block: "nearest" });
});

form.elements.text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

for (const line of lines.querySelectorAll('li[data-state="pending"]')) follow(line);
