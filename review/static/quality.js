"use strict";
// The slider tells at once what each threshold would have done.
const form = document.getElementById("what-if");

function show() {
  const value = Number(form.elements.threshold.value);
  const [flagged, wrongly, missed] = JSON.parse(form.dataset.steps)[Math.round(value * 100)];
  form.querySelector("#from").textContent = value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  form.querySelector("#flagged").textContent = flagged;
  form.querySelector("#wrongly").textContent = wrongly;
  form.querySelector("#missed").textContent = missed;
}

if (form) form.elements.threshold.addEventListener("input", show);
