"""The attacks are what they say they are."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks import attacks, poisoning, poisoning_arena, sleepers
from benchmarks.finished_parts import FinishedParts
from storage.learning.presumed import PresumedText
from storage.learning.snapshots import Item
from storage.moderation.corrections import CorrectedText
from tests.training.given_ham import words
from training.data import near_duplicates
from training.data.datasets import Example, Split
from training.data.defence_bounds import Defences
from training.data.snapshot import Snapshot, snapshot
from training.lifecycle.gate_decision import Gate

TEXTS = [Example(f"{'win cash' if i % 2 else 'see you'} {chr(97 + i) * 9}", bool(i % 2)) for i in range(20)]


def attack(name: str, n: int = 10) -> list[tuple[Example, str]]:
    return attacks.ATTACKS[name](n, TEXTS, random.Random(0))


def test_flips_are_false_and_said_by_moderators() -> None:
    truth = {e.text: e.is_spam for e in TEXTS}
    assert all(e.is_spam != truth[e.text] and who in attacks.MODERATORS for e, who in attack("label_flips"))


def test_spam_is_called_ham_by_one_or_by_twenty() -> None:
    spam = {e.text for e in TEXTS if e.is_spam}
    one, twenty = attack("spam_as_ham", 40), attack("spam_as_ham_by_twenty", 40)
    assert all(e.text in spam and not e.is_spam for e, _ in one + twenty)
    assert (len({who for _, who in one}), len({who for _, who in twenty})) == (1, 20)


def test_a_flood_is_one_group_of_near_duplicates() -> None:
    flood = [Example("free entry to win a prize of cash, call the number now", True)]
    made = attacks.near_duplicate_flood(30, flood, random.Random(0))
    assert len(set(near_duplicates.groups([e.text for e, _ in made]).tolist())) == 1
    assert len({e.text for e, _ in made}) == 30


def measured(attack: str | None, share: float, defended: bool) -> dict[str, Any]:
    """A world in which a defence halves what an attack costs, and keeps three quarters of an honest gain."""
    cost = share * (0.5 if defended else 1.0) if attack else -0.02 * (0.75 if defended else 1.0)
    return {"attack": attack or "none", "share": share, "defended": defended, "f1_loss": cost}


def test_the_figures_are_the_worst_loss_with_and_without_defences_and_the_gain_that_is_kept(tmp_path: Path) -> None:
    figures = poisoning.compare(measured, FinishedParts(tmp_path / "parts", "abc"), poisoning.SHARES)
    assert figures["defended"]["worst_f1_loss"] == pytest.approx(0.1)
    assert figures["undefended"]["worst_f1_loss"] == pytest.approx(0.2)
    assert figures["clean_gain_kept"] == pytest.approx(0.75)
    assert {(c["attack"], c["share"], c["defended"]) for c in figures["cases"]} == {
        ("none", 0.0, True),
        ("none", 0.0, False),
        *((attack, share, d) for attack in attacks.ATTACKS for share in (0.01, 0.05, 0.2) for d in (True, False)),
        *(("sleepers", share, d) for share in (0.05, 0.2) for d in (True, False)),
    }
    again = poisoning.compare(refused, FinishedParts(tmp_path / "parts", "abc"), poisoning.SHARES)
    assert again == figures, "from what is kept"


def refused(*_: object) -> dict[str, Any]:
    raise AssertionError("it should have been kept")


def test_without_a_gain_there_is_no_share_of_it() -> None:
    def unmoved(attack: str | None, share: float, defended: bool) -> dict[str, Any]:
        return {"attack": attack, "share": share, "defended": defended, "f1_loss": 0.0}

    assert poisoning.compare(unmoved, FinishedParts(None, ""), [0.2])["clean_gain_kept"] is None


class JudgedMessage:
    """In place of an arena: the champion is worth 0.9, every challenger 0.8, and the gate says what it is told."""

    spare, champion_f1 = TEXTS, 0.9

    def __init__(self, passes: bool) -> None:
        self._gate = Gate(passes, [] if passes else ["F1 may be worse"])

    def with_scores(self, malicious: list[tuple[Example, str]]) -> int:
        return len(malicious)

    def taken(self, said: int, bounds: Defences | None) -> Snapshot:
        first = poisoning_arena.HONEST + poisoning_arena.NEW + 1
        learned = tuple(Item(first + i, False, "", False, 1.0) for i in range(said if bounds is None else said // 2))
        return Snapshot(Split([], [], []), len(learned), "", items=learned, counts={"left_out": {}})

    def train(self, snapshot: Snapshot) -> str:
        return "a challenger"

    def gate(self, *_: object) -> Gate:
        return self._gate

    def f1(self, trained: str) -> float:
        return 0.8


@pytest.mark.parametrize(
    ("passes", "defended", "loss", "learned"), [(True, True, 0.1, 1), (False, True, 0.0, 1), (False, False, 0.1, 2)]
)
def test_what_the_gate_refuses_costs_nothing_and_without_defences_all_is_learned_and_serves(
    passes: bool, defended: bool, loss: float, learned: int
) -> None:
    result = poisoning.case(JudgedMessage(passes), "label_flips", 0.01, defended)  # type: ignore[arg-type]  # in its place
    assert result["f1_loss"] == pytest.approx(loss)
    assert (result["malicious"], result["malicious_learned"]) == (2, learned)
    assert result["serves"] is (passes or not defended)


# Sleepers


CHAT = [Example(f"{words(i)}", False) for i in range(160)] + [
    Example(f"win {words(200 + i)} cash", True) for i in range(40)
]
SEED = [Example(f"{words(300 + i)} now", bool(i % 2)) for i in range(240)]


@pytest.mark.parametrize("share", sleepers.SHARES)
def test_sleepers_write_their_share_of_the_presumed_ham_and_all_of_it_is_spam(share: float) -> None:
    ham = sleepers.presumed(CHAT, share, poisoning_arena.NOW, random.Random(1))
    theirs = [one for one in ham if one.author_id >= sleepers.FIRST_SLEEPER]
    assert len(theirs) / len(ham) == pytest.approx(share, abs=0.01)
    spam = {e.text for e in CHAT if e.is_spam}
    assert all((one.text in spam) == (one.author_id >= sleepers.FIRST_SLEEPER) for one in ham)
    assert len({one.author_id for one in theirs}) == sleepers.SLEEPERS
    assert 0.1 < sum(one.is_held_out for one in ham) / len(ham) < 0.35


class Village(JudgedMessage):
    """The same with real snapshots; moderators have named some of the spam."""

    spare = CHAT

    def with_scores(self, malicious: object) -> list[CorrectedText]:  # type: ignore[override]  # real ones
        named = [e for e in CHAT if e.is_spam][:30]
        long_ago = poisoning_arena.NOW - timedelta(days=90)
        return [CorrectedText(i, f"{e.text}!", True, f"m{i}", long_ago, 0.5, True) for i, e in enumerate(named, 1)]

    def taken(  # type: ignore[override]  # the same
        self, said: list[CorrectedText], bounds: Defences | None, ham: list[PresumedText]
    ) -> Snapshot:
        return snapshot(SEED, said, poisoning_arena.NOW, bounds, presumed=ham)


def test_with_the_defences_what_moderators_named_is_not_learned_of_sleepers_and_one_account_says_little() -> None:
    results = {d: sleepers.case(Village(True), poisoning_arena.NOW, 0.2, d) for d in (True, False)}  # type: ignore[arg-type]  # in its place
    assert results[True]["malicious"] == results[False]["malicious"] == 40
    assert results[True]["malicious_learned"] < results[False]["malicious_learned"] / 2
    assert results[True]["most_of_one_account"] <= results[False]["most_of_one_account"] <= 8
    assert results[True]["left_out"]["near spam that is known"] > 0


def test_a_challenger_of_sleepers_that_the_gate_refuses_costs_nothing() -> None:
    refused = sleepers.case(Village(False), poisoning_arena.NOW, 0.2, True)  # type: ignore[arg-type]  # in its place
    assert (refused["serves"], refused["f1_loss"]) == (False, 0.0)
    assert sleepers.case(Village(False), poisoning_arena.NOW, 0.2, False)["f1_loss"] == pytest.approx(0.1)  # type: ignore[arg-type]  # the same
