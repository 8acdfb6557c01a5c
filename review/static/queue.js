"use strict";
// One key decides one message; what others decide and what comes in appears by itself. The forms work without this.
const queue = document.getElementById("queue");
const bulk = document.getElementById("bulk");
const news = document.getElementById("news");
const keys = document.getElementById("keys");
const csrf = bulk.elements.csrf_token.value;
const decided = []; // for undo: the forms sent, the last one last
const LABELS = { s: ["is_spam", "true"], h: ["is_spam", "false"], o: ["aside", "true"] };
const ANSWERED_WITHIN = 60; // seconds that an explanation is waited for
let here = null;

const cards = () => [...queue.children];
const noteOf = (card) => card.querySelector('textarea[name="note"]');
const isOpen = (card) => card.isConnected && !card.dataset.settled;

function stand(card, looks = true) {
  if (here) here.classList.remove("here");
  here = card;
  if (!card) return;
  card.classList.add("here");
  if (looks) {
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }
}

function step(by) {
  const all = cards();
  const at = all.indexOf(here);
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (next) stand(next);
}

function nextOpen(card) {
  const all = cards();
  const at = all.indexOf(card);
  return all.slice(at + 1).find(isOpen) || all.find(isOpen) || card;
}

function place(html) {
  const card = cardIn(html);
  const shown = document.getElementById(card.id);
  const was = shown && shown === here;
  if (shown) shown.replaceWith(card);
  else if (queue.dataset.order === "newest") queue.prepend(card);
  else queue.append(card);
  document.getElementById("nothing")?.remove();
  if (was || !here) stand(card, was);
  return card;
}

async function send(path, body) {
  body.set("csrf_token", csrf);
  const answer = await fetch(path, { method: "POST", body }).catch(() => null);
  if (answer && answer.ok) return answer.text();
  news.classList.remove("hidden");
  news.textContent = answer && answer.status === 401 ? news.dataset.loggedOut : news.dataset.refused;
  return null;
}

async function decide(card, name, value) {
  const body = new URLSearchParams(new FormData(card.querySelector("form.decide")));
  body.set(name, value);
  body.set("wants", "card");
  const id = card.dataset.id;
  card.dataset.settled = "true"; // at once, so that the next key is for the next one
  decided.push([id, body.getAll("also")]);
  stand(nextOpen(card));
  const html = await send(`/review/${id}`, body);
  if (html) place(html);
  else card.dataset.settled = "";
}

async function undo() {
  const last = decided.pop();
  if (!last) return;
  const body = new URLSearchParams([["wants", "card"], ...last[1].map((id) => ["also", id])]);
  const html = await send(`/review/${last[0]}/undo`, body);
  if (html) stand(place(html));
}

async function explain(card) {
  const place = card.querySelector(".details");
  place.hidden = !place.hidden;
  if (place.hidden) return;
  const id = card.dataset.id;
  const show = (html) => { if (html) place.innerHTML = html; return place.querySelector(".why"); };
  let why = show(await fetch(`/review/${id}/details`).then((a) => (a.ok ? a.text() : ""), () => ""));
  if (why && why.querySelector(".ask")) why = show(await send(`/review/${id}/why`, new URLSearchParams({ wants: "details" })));
  for (let i = 0; why && !why.dataset.answered && i < ANSWERED_WITHIN && !place.hidden; i++) {
    await new Promise((done) => setTimeout(done, 1000));
    why = show(await fetch(`/review/${id}/details`).then((a) => (a.ok ? a.text() : ""), () => ""));
  }
}

const ticked = () => queue.querySelectorAll('input[name="verdict_ids"]:checked').length;

function onKey(event) {
  if (event.key === "Escape" && event.target.matches('textarea[name="note"]')) stand(event.target.closest("#queue > li"));
  const inField = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey || inField || keys.open) return;
  const label = LABELS[event.key];
  if (label && ticked()) bulk.querySelector(`[name="${label[0]}"][value="${label[1]}"]`).click();
  else if (label && here && isOpen(here)) decide(here, ...label);
  else if (event.key === "k" || event.key === "j" || event.key === "ArrowDown") step(1);
  else if (event.key === "ArrowUp") step(-1);
  else if (event.key === "u") undo();
  else if (event.key === "x" && here) here.querySelector("input[type=checkbox]").click();
  else if (event.key === "n" && here) noteOf(here).focus();
  else if (event.key === "w" && here) explain(here);
  else if (event.key === "?") keys.showModal();
  else return;
  event.preventDefault();
}

function cardIn(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // the server escapes every text in it
  return holder.content.querySelector("li.item");
}

async function tell(event) {
  const shown = document.getElementById(`verdict-${event.data}`);
  if (event.type === "claim" && !shown) return;
  if (event.type === "decision" && !shown) return;
  if (event.type === "fresh" && shown) return;
  const answer = await fetch(`/review/${event.data}/card`).catch(() => null);
  if (!answer || !answer.ok) return;
  const html = await answer.text();
  if (event.type === "claim") return shown.querySelector(".claim").replaceWith(cardIn(html).querySelector(".claim"));
  const note = shown && noteOf(shown);
  const isWriting = note && note === document.activeElement;
  const card = place(html);
  if (note) noteOf(card).value = note.value; // what somebody is writing is not lost
  if (isWriting) noteOf(card).focus(); // and no letter of it becomes a decision
  if (event.type === "fresh") news.textContent = news.dataset.fresh;
}

document.addEventListener("keydown", onKey);
document.getElementById("ask-keys").addEventListener("click", () => keys.showModal());
queue.addEventListener("click", (event) => {
  const card = event.target.closest("#queue > li");
  if (card) stand(card, false);
  if (event.target.matches("a.open") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    explain(card);
  }
});
queue.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!event.target.matches("form.decide") || !button.name) return;
  event.preventDefault();
  decide(event.target.closest("#queue > li"), button.name, button.value);
});
queue.addEventListener("change", () => {
  bulk.classList.toggle("has-ticked", ticked() > 0);
  const count = document.getElementById("ticked");
  count.textContent = count.dataset.counted.replace("{n}", ticked());
});
stand(cards().find(isOpen) || null, false);

const query = new URLSearchParams(location.search);
query.set("since", queue.dataset.since);
const stream = new EventSource(`/review/events?${query}`);
for (const kind of ["fresh", "decision", "claim"]) stream.addEventListener(kind, tell);
addEventListener("pagehide", () => stream.close());
