"""A home whose version flags nothing, and groups whose rule flags one message in twenty: the machinery is measured, not the network."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from benchmarks.faults.telegram import GROUPS, WORD
from classifier import checkpoint
from storage.access import chats
from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import Mode, Platform, RuleEffect, RuleKind
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.session import transaction
from tests import tiny


def prepare(engine: Engine, home: Path) -> None:
    """A champion, and groups that delete and ban by themselves."""
    add_version(engine, home, "v1")
    with transaction(engine) as session:
        for group in GROUPS:
            chat = chats.get_or_create(session, Platform.TELEGRAM, group, f"Group {-group}")
            chat.mode = Mode.ENFORCE
            rules.add(session, chat.id, [NewRule(RuleKind.WORDS, RuleEffect.FLAG, WORD)], "a benchmark")


def add_version(engine: Engine, home: Path, name: str) -> None:
    """Save a tiny version that flags nothing by its score, register and promote it."""
    made = tiny.checkpoint(review=1.0, seed=len(name))
    checkpoint.save(made, home / "models" / name)
    new = NewVersion(name, made.thresholds.review, made.thresholds.act, "0" * 64, made.metrics)
    with transaction(engine) as session:
        versions.register(session, new)
        versions.promote(session, name, "a benchmark")
