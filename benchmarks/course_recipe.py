"""How long the course's own recipe takes on this machine, for `benchmarks.training`: a few steps, timed and multiplied."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from benchmarks.bench import Bench, distinct_sms, labels_of, say

COURSE_STEPS, COURSE_EPOCHS, COURSE_BATCH, COURSE_LENGTH = 130, 5, 8, 120
COURSE_EVALUATIONS = 13 * 10 + 5 * 10 + 130 + 19 + 38  # batches: every 50 steps, after each epoch, all sets at the end
TIMED_STEPS, TIMED_EVALUATIONS = 8, 6


def measure(bench: Bench) -> dict[str, Any]:
    """The course's recipe on this machine, from a few steps of each kind."""
    from transformers import GPT2Config, GPT2Model

    torch.manual_seed(0)
    body, head = GPT2Model(GPT2Config()), torch.nn.Linear(768, 2)
    for name, weight in body.named_parameters():
        weight.requires_grad = name.startswith(("h.11.", "ln_f."))
    trained = [*(p for p in body.parameters() if p.requires_grad), *head.parameters()]
    optimizer = torch.optim.AdamW(trained, lr=5e-5, weight_decay=0.1)
    ids = torch.randint(0, 50_257, (COURSE_BATCH, COURSE_LENGTH))
    labels = torch.tensor(labels_of(distinct_sms(bench.sms())[:COURSE_BATCH]), dtype=torch.long)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(head(body(ids).last_hidden_state[:, -1]), labels).backward()  # type: ignore[no-untyped-call]  # torch's is untyped
        optimizer.step()

    def look() -> None:
        with torch.no_grad():
            head(body(ids).last_hidden_state[:, -1]).argmax(dim=-1)

    per_step, per_look = _mean_seconds(step, TIMED_STEPS), _mean_seconds(look, TIMED_EVALUATIONS)
    total = COURSE_EPOCHS * COURSE_STEPS * per_step + COURSE_EVALUATIONS * per_look
    say(f"the course's recipe: {per_step:.2f} s a step, {per_look:.2f} s an evaluated batch, {total:.0f} s in all")
    return {"course_seconds": total, "course_timed": {"steps": TIMED_STEPS, "evaluated_batches": TIMED_EVALUATIONS}}


def _mean_seconds(act: Callable[[], None], times: int) -> float:
    act()
    began = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - began) / times
