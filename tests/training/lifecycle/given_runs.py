"""What the tests of whole runs begin with: a recipe, a reporter, a labelled file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from storage.models import ModelVersion, Platform
from storage.moderation import corrections, inbox, receiving, verdicts
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.receiving import Incoming
from storage.session import transaction
from tests.conftest import count
from training.fit.recipe import TrainConfig
from training.lifecycle.retrain import RunRequest, Workshop, retrain

CONFIG = TrainConfig(
    base_model="tiny",
    encoder="",
    frozen_blocks=2,
    trained_blocks=1,
    epochs=2,
    batch_size=16,
    learning_rate=3e-3,
    products="fp32",
)
WORDS = [f"{a}{b}" * 2 for a in "acegikmoqs" for b in "klmnopqr"]


class Quiet:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.stages: list[str] = []
        self.totals: list[int] = []
        self.done: list[int] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def begin(self, stage: str, total: int) -> None:
        self.stages.append(stage)
        self.totals.append(total)
        self.done.append(0)

    def advance(self, amount: int, note: str = "") -> None:
        self.done[-1] += amount


def csv(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")
    return path


def run(workshop: Workshop, data: Path, config: TrainConfig = CONFIG) -> ModelVersion:
    return retrain(workshop, Quiet(), config, RunRequest("a test", data))


def correct(workshop: Workshop, text: str, is_spam: bool, version: ModelVersion, is_moderator: bool = True) -> None:
    """Have the text judged by `version` and somebody decide on it."""
    number = count(workshop.engine, "messages") + 1
    with transaction(workshop.engine) as session:
        receiving.receive(session, Incoming(Platform.WEB, 1, "chat", number, None, "", text, datetime.now(UTC)))
        holder, (claimed,) = inbox.claim(session, 1, 30)
        inbox.record(session, holder, ScoringVersion(version.id, 0.5, 0.9), [Judgement(claimed.id, claimed.edit, 0.7)])
        verdict_id = verdicts.flagged(session)[0].verdict_id
        corrections.correct(session, Decision(verdict_id, "web:anna", "Anna", is_spam, is_moderator))
