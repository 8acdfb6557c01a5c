"""The product itself as a season's judge."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

import migrations
from benchmarks.bench import say
from benchmarks.season_judges import scored
from benchmarks.season_stream import Arrived
from storage.models import Message, ModelVersion, Platform, Verdict, VersionState
from storage.queries import corrections, inbox, runs, versions
from storage.queries.corrections import Decision
from storage.queries.inbox import Incoming
from storage.session import open_engine, reading, transaction
from training import schedule
from training.datasets import Example
from training.settings import TrainingSettings
from worker import moderation, shadow
from worker.champion import Champion
from worker.models import Models

BATCH = 32
SHADOW_MESSAGES = 50  # of a day's hundred and more: a challenger serves from the middle of the next day on


class Loop:
    """hamlet itself on PostgreSQL: rows, the worker's judging, moderators' corrections, the schedule, runs of their own process."""

    name = "ours"

    def __init__(self, home: Path, address: str, broker: str, seed: Sequence[Example]) -> None:
        migrations.upgrade(address)
        self.home = home
        with (home / "seed.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerows([("text", "label"), *((e.text, "spam" if e.is_spam else "ham") for e in seed)])
        self._environment = os.environ | {
            "HAMLET_HOME": str(home), "HAMLET_DATABASE_URL": address, "HAMLET_BROKER_URL": broker,
            "HAMLET_LOG_LEVEL": "WARNING", "HAMLET_SEED_DATA": str(home / "seed.csv"), "HAMLET_SCHEDULED_THREADS": str(TrainingSettings().training_threads),
        }  # fmt: skip
        self._engine = open_engine(address)
        self._settings = TrainingSettings(
            retrain_corrections=1, shadow_messages=SHADOW_MESSAGES, rollback_false_positives=1_000
        )  # every night; and the moderator of this benchmark undoes flags of a chat nobody has taught yet
        self._champion = Champion(self._engine, Models(home / "models", "auto"))
        self._rows: dict[str, int] = {}
        self._run()
        with transaction(self._engine) as session:
            versions.promote(session, versions.every(session)[0].name, "the first run")

    def flags(self, day: Sequence[Arrived]) -> list[bool]:
        said: list[bool] = []
        for start in range(0, len(day), BATCH):
            said += self._judged(day[start : start + BATCH])
            schedule.consider(self._engine, self._settings)  # settles the shadow; the night starts the run
        return said

    def _judged(self, batch: Sequence[Arrived]) -> list[bool]:
        rows: list[int] = []
        with transaction(self._engine) as session:
            for message in batch:
                number = len(self._rows) + len(rows) + 1
                rows.append(inbox.receive(session, _incoming(message, number)))
        serving = self._champion.current()
        assert serving is not None
        judged = moderation.judge(self._engine, serving, BATCH, 60.0)
        shadow.follow(self._engine, self._champion, judged.scored, BATCH)
        with reading(self._engine) as session:
            asked = select(Verdict.message_id, Verdict.id, Verdict.is_spam)
            found = session.execute(asked.where(Verdict.message_id.in_(rows), ~Verdict.is_shadow)).all()
        by_row = {row: (verdict_id, is_spam) for row, verdict_id, is_spam in found}
        self._rows |= {message.text: by_row[row][0] for message, row in zip(batch, rows, strict=True) if row in by_row}
        return [row in by_row and by_row[row][1] for row in rows]

    def learn(self, decided: Sequence[Arrived]) -> None:
        with transaction(self._engine) as session:
            for message in decided:
                if message.text in self._rows:
                    verdict_id = self._rows[message.text]
                    corrections.correct(session, Decision(verdict_id, "web:moderator", "moderator", message.is_spam))

    def sleep(self) -> None:
        """The night: a run where one is due."""
        if schedule.consider(self._engine, self._settings):
            self._run()

    def _run(self) -> None:
        began = time.monotonic()
        command = [sys.executable, "-m", "training", "run"]
        subprocess.run(command, env=self._environment, stdout=sys.stderr, check=True)
        with reading(self._engine) as session:
            newest = versions.every(session)[0]
            ran = runs.newest(session)[0]
        reasons = "; ".join((newest.gate or {}).get("reasons", []))
        say(f"run: {ran.state}, {newest.name} {newest.state} {reasons} ({time.monotonic() - began:.0f} s)")

    def note(self) -> str:
        with reading(self._engine) as session:
            champion = versions.champion(session)
        return f", {champion.name} serves" if champion else ""

    def scores(self, texts: Sequence[str]) -> list[float]:
        serving = self._champion.current()
        assert serving is not None
        return scored(serving.classifier, texts)

    def thresholds(self) -> tuple[float, float]:
        serving = self._champion.current()
        assert serving is not None
        return serving.classifier.thresholds.review, serving.classifier.thresholds.act

    def history(self) -> list[dict[str, Any]]:
        """Every version with what the gate said."""
        with reading(self._engine) as session:
            rows: list[ModelVersion] = versions.every(session)
            messages = len(list(session.scalars(select(Message.id))))
        say(
            f"{messages} messages are stored, {sum(v.state == VersionState.REJECTED for v in rows)} versions were refused"
        )
        return [{"name": v.name, "state": str(v.state), "gate": v.gate} for v in reversed(rows)]


def _incoming(message: Arrived, number: int) -> Incoming:
    return Incoming(Platform.WEB, 1, "a season", number, number, "", message.text, datetime.now(UTC))
