"""`python -m benchmarks.policies --json`: what a chat's own policies cost of the whole path, from claim to verdict.

Chats take turns in every round, with the same messages: one that has chosen nothing, one with 100 rules (80 phrases, 15
addresses, 5 regular expressions), one with a list of 10,000 words. The version that serves is the newest of HAMLET_HOME,
or the base model with a random head, which takes the same time.

whole_path      milliseconds a message, the median of the rounds
added           the median of the rounds' differences to the chat without policies, as a share of its time
match_us        microseconds that the rules alone take for a message
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine

import migrations
from benchmarks.bench import answer, distinct_sms, options, say
from benchmarks.serving import newest, untrained
from classifier.spam import SpamClassifier
from storage.access import chats
from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import Platform, RuleEffect, RuleKind
from storage.moderation import receiving
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.moderation.receiving import Incoming
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from training.data import sms
from training.fit import base_models
from training.settings import TrainingSettings
from worker import moderation
from worker.models import Serving

MESSAGES, BATCH, ROUNDS = 256, 64, 7
FLAG = RuleEffect.FLAG
HUNDRED = [
    *(NewRule(RuleKind.WORDS, FLAG, f"unheard phrase{n}") for n in range(80)),
    *(NewRule(RuleKind.ADDRESS, FLAG, f"nowhere{n}.example") for n in range(15)),
    *(NewRule(RuleKind.REGEX, FLAG, rf"\bunheard{n}\s+\d{{3,}}\s*(?:usd|eur)\b") for n in range(5)),
]
WORDS = [NewRule(RuleKind.WORDS, FLAG, f"unheard{n}") for n in range(10_000)]
CHATS: dict[str, list[NewRule]] = {"without": [], "100 rules": HUNDRED, "10,000 words": WORDS}


@dataclass(frozen=True)
class Arena:
    """The version that serves, a database with the chats, and the messages that each gets."""

    engine: Engine
    serving: Serving
    texts: list[str]

    def seconds(self, number: int, first: int) -> float:
        """Seconds from the first claim to the last verdict of the messages in the chat of that number."""
        with transaction(self.engine) as session:
            for i, text in enumerate(self.texts):
                sent_at = datetime.now(UTC)
                receiving.receive(
                    session, Incoming(Platform.TELEGRAM, -number, "a chat", first + i, 7, "", text, sent_at)
                )
        serving = replace(self.serving)  # which knows no scores of an earlier round
        began = time.perf_counter()
        while moderation.judge(self.engine, serving, BATCH, 60).claimed:
            pass
        return time.perf_counter() - began


def main() -> None:
    arguments = options(__doc__ or "").parse_args()
    answer(lambda: measured(3 if arguments.fast else ROUNDS), arguments.json)


def measured(n_rounds: int) -> dict[str, Any]:
    """The figures."""
    settings = TrainingSettings()
    examples = distinct_sms(sms.fetch(settings.cache, settings.datasets, say))
    with tempfile.TemporaryDirectory() as folder:
        base = base_models.fetch(settings.base_model, settings.cache, say)
        directory = newest(StorageSettings().models) or untrained(base, examples, Path(folder) / "random-head")
        arena = _arena(Path(folder), directory, [example.text for example in examples[:MESSAGES]])
        rounds: dict[str, list[float]] = {name: [] for name in CHATS}
        for n in range(-1, n_rounds):  # the first is not counted
            for number, name in enumerate(CHATS, 1):
                seconds = arena.seconds(number, (n + 1) * MESSAGES + 1)
                if n >= 0:
                    rounds[name].append(seconds / MESSAGES)
            say(f"round {n + 1} of {n_rounds}")
        return _figures(arena, rounds)


def _arena(folder: Path, directory: Path, texts: list[str]) -> Arena:
    address = f"sqlite:///{folder / 'policies.sqlite3'}"
    migrations.upgrade(address)
    engine, classifier = open_engine(address), SpamClassifier.load(directory, "auto")
    with transaction(engine) as session:
        thresholds = classifier.thresholds
        row = versions.register(session, NewVersion("v1", thresholds.review, thresholds.act, "0" * 64, {}))
        for number, new_rules in enumerate(CHATS.values(), 1):
            chat = chats.on_telegram(session, -number, "a chat")
            if new_rules:
                rules.add(session, chat.id, new_rules, "a benchmark")
        serving = Serving(row.id, "v1", classifier)
    return Arena(engine, serving, texts)


def _figures(arena: Arena, rounds: dict[str, list[float]]) -> dict[str, Any]:
    without = np.array(rounds["without"])
    return {
        "whole_path": {name: float(np.median(seconds)) * 1_000 for name, seconds in rounds.items()},
        "added": {
            name: float(np.median((np.array(seconds) - without) / without))
            for name, seconds in rounds.items()
            if name != "without"
        },
        "match_us": {name: _match(arena, number) for number, name in enumerate(CHATS, 1) if CHATS[name]},
        "rounds": len(without),
    }


def _match(arena: Arena, number: int) -> float:
    with reading(arena.engine) as session:
        compiled = rules.of_chat(session, chats.get(session, number))
    began = time.perf_counter()
    for text in arena.texts:
        compiled.match(text)
    return (time.perf_counter() - began) / len(arena.texts) * 1e6


if __name__ == "__main__":
    main()
