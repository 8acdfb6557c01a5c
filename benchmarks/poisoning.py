"""`python -m benchmarks.poisoning --json`: what malicious corrections do to the champion, with the defences and without.

A champion has learned a hundred honest corrections of a Telegram chat; a hundred more come in, and malicious ones
among them: 1 %, 5 % or 20 % of all. Defended, the caps of `training/data/defences.py` choose what is learned and the gate
of `training/lifecycle/gate_rule.py` decides whether the new version serves; undefended, all is learned and serves. F1 is
measured on texts that are honestly labelled and that no version has seen: the SMS hold-out and the rest of the chat.
Sleepers are another attack: accounts in good standing post spam that nobody reports, 5 % or 20 % of the presumed ham.
`--resume FILE` keeps each finished case there, and goes on after the last one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import sleepers
from benchmarks.attacks import ATTACKS
from benchmarks.bench import Bench, answer, options, say
from benchmarks.finished_parts import FinishedParts
from benchmarks.poisoning_arena import HONEST, NEW, NOW, Arena
from training.data.defence_bounds import Defences
from training.fit.provenance import sources_hash
from training.lifecycle.gate_decision import Gate

SHARES = (0.01, 0.05, 0.20)
SLEEPERS = "sleepers"


def case(arena: Arena, attack: str | None, share: float, defended: bool) -> dict[str, Any]:
    """One attack: the challenger's F1, whether it serves, and what that costs in F1."""
    n = round(share * (HONEST + NEW) / (1 - share))
    malicious = ATTACKS[attack](n, arena.spare, random.Random(1)) if attack else []
    corrected = arena.with_scores(malicious)
    trained_on = arena.taken(corrected, Defences() if defended else None)
    challenger = arena.train(trained_on)
    decision = arena.gate(trained_on, challenger, corrected) if defended else Gate(True)
    challenger_f1 = arena.f1(challenger)
    served = challenger_f1 if decision.passes else arena.champion_f1
    learned = {item.correction_id for item in trained_on.items if not item.is_held_out}
    result = {
        "attack": attack or "none",
        "share": share,
        "defended": defended,
        "malicious": n,
        "malicious_learned": sum(i > HONEST + NEW for i in learned),
        "challenger_f1": challenger_f1,
        "serves": decision.passes,
        "reasons": decision.reasons,
        "left_out": trained_on.counts["left_out"],
        "f1_loss": arena.champion_f1 - served,
    }
    say(
        f"{result['attack']} {share:.0%} {'defended' if defended else 'undefended'}: F1 {arena.champion_f1:.4f} -> "
        f"{served:.4f}, {result['malicious_learned']} of {n} learned, {'; '.join(decision.reasons) or 'serves'}"
    )
    return result


Measure = Callable[[str | None, float, bool], dict[str, Any]]  # of an attack, its share, and whether it is defended


def run(is_fast: bool, finished: Path | None) -> dict[str, Any]:
    bench = Bench.open()
    parts = FinishedParts(finished, f"{bench.about()} {sources_hash()}")  # first: a wrong file is refused at once
    arena = Arena(bench)
    say(f"champion: F1 {arena.champion_f1:.4f} on clean texts")

    def measure(attack: str | None, share: float, defended: bool) -> dict[str, Any]:
        if attack == SLEEPERS:
            return sleepers.case(arena, NOW, share, defended)
        return case(arena, attack, share, defended)

    about = {"benchmark": "poisoning", "is_fast": is_fast, **bench.about(), "champion_f1": arena.champion_f1}
    return about | compare(measure, parts, SHARES[-1:] if is_fast else SHARES)


def compare(measure: Measure, parts: FinishedParts, shares: Sequence[float]) -> dict[str, Any]:
    """Every case that is not among the finished parts is measured; then all of them, and what they come to."""

    def measured(attack: str | None, share: float, defended: bool) -> dict[str, Any]:
        return parts.part(f"{attack} {share} {defended}", lambda: measure(attack, share, defended))

    clean = [measured(None, 0.0, defended) for defended in (True, False)]
    cases = [measured(attack, share, d) for share in reversed(shares) for attack in ATTACKS for d in (True, False)]
    cases += [measured(SLEEPERS, share, d) for share in reversed(sleepers.SHARES) for d in (True, False)]
    return summary(clean, cases) | {"cases": [*clean, *cases]}


def summary(clean: Sequence[dict[str, Any]], cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The worst loss and the gain from honest corrections, with and without the defences."""
    gain = {case["defended"]: -case["f1_loss"] for case in clean}
    worst = {d: max(case["f1_loss"] for case in cases if case["defended"] is d) for d in (True, False)}
    return {
        "defended": {"worst_f1_loss": worst[True], "clean_gain": gain[True]},
        "undefended": {"worst_f1_loss": worst[False], "clean_gain": gain[False]},
        "clean_gain_kept": gain[True] / gain[False] if gain[False] > 0 else None,
    }


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keeps finished cases, and goes on after them")
    chosen = parser.parse_args()
    answer(lambda: run(chosen.fast, chosen.resume), chosen.json)
