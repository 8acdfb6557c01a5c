"""The product itself as a season's judge: a Telegram group in training mode, where nothing is sent to Telegram."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, select, type_coerce, update
from sqlalchemy.orm import Session

import migrations
from benchmarks.bench import say
from benchmarks.season_judges import AUDITED, scored
from benchmarks.season_standing import SeasonVerdict, Standings
from benchmarks.season_stream import Arrived
from storage.access import chats, joins
from storage.learning import runs, snapshots, versions
from storage.models import AuditEntry, Base, Chat, Message, ModelVersion, Platform, RunState, Verdict, VersionState, now
from storage.moderation import corrections, inbox, receiving
from storage.moderation.corrections import Decision
from storage.moderation.receiving import Incoming
from storage.session import open_engine, reading, transaction
from storage.types import UtcTime
from training.data import example_files
from training.data.datasets import Example
from training.settings import TrainingSettings

BATCH = 32
SETTINGS = {
    "HAMLET_RETRAIN_CORRECTIONS": "1",  # every night
    "HAMLET_SHADOW_MESSAGES": "50",  # of a day's hundred and more: a challenger serves from the middle of the next day on
    "HAMLET_AUDIT_SHARE": str(AUDITED),
    "HAMLET_BATCH_SIZE": str(BATCH),
}
HALF_A_DAY = timedelta(hours=12)
GROUP, TITLE = -1001, "a season"


class Loop:
    """hamlet on PostgreSQL: rows, the tasks of the worker and of the schedule, moderators' corrections, runs of their own process.

    The tasks are called as Celery would call them, one after another, so that a day is over when its messages are.
    """

    name = "ours"

    def __init__(self, home: Path, address: str, broker: str, seed: Sequence[Example]) -> None:
        migrations.upgrade(address)
        self.home = home
        begins_with = home / f"seed{example_files.SUFFIX}"
        example_files.write(begins_with, seed)
        os.environ |= SETTINGS | {
            "HAMLET_HOME": str(home),
            "HAMLET_DATABASE_URL": address,
            "HAMLET_BROKER_URL": broker,
            "HAMLET_LOG_LEVEL": "WARNING",
            "HAMLET_SEED_DATA": str(begins_with),
            "HAMLET_SCHEDULED_THREADS": str(TrainingSettings().training_threads),
            "HAMLET_WORKER_THREADS": str(TrainingSettings().training_threads),
        }
        from training.lifecycle import tasks as of_training
        from worker import tasks as of_worker  # Celery's app reads the environment as it is imported

        self._classify, self._consider, self._context = of_worker.classify, of_training.consider, of_worker.context
        self._engine = open_engine(address)
        self._verdicts: dict[str, int] = {}
        self._received, self._joined, self._standings = 0, set[int](), Standings()
        with transaction(self._engine) as session:
            group = chats.on_telegram(session, GROUP, TITLE)
            joins.see(group)  # as an administrator, before anybody joins: members never seen joining were there before
            self._chat = group.id
            runs.ask(session, "the first run")
        subprocess.run([sys.executable, "-m", "training", "run"], stdout=sys.stderr, check=True)
        with transaction(self._engine) as session:
            versions.promote(session, versions.every(session)[0].name, "the first run")

    def day(self, messages: Sequence[Arrived]) -> list[SeasonVerdict]:
        verdicts: list[SeasonVerdict] = []
        for start in range(0, len(messages), BATCH):
            batch = messages[start : start + BATCH]
            verdicts += self._judged(batch)
            for message, verdict in zip(batch, verdicts[start:], strict=True):
                self._standings.count_verdict(message, verdict)
            self._settle()
        return verdicts

    def _judged(self, batch: Sequence[Arrived]) -> list[SeasonVerdict]:
        rows = self._received_rows(batch)
        self._classify()
        with reading(self._engine) as session:
            waits = inbox.waiting(session)
            columns = (Verdict.is_spam, Verdict.is_audited, Verdict.doubt, Verdict.score >= Verdict.act_threshold)
            query = select(Verdict.message_id, Verdict.id, *columns)
            rows_of_verdicts = session.execute(query.where(Verdict.message_id.in_(rows), ~Verdict.is_shadow)).all()
            differ = select(Verdict.message_id).where(Verdict.is_shadow, Verdict.disagrees)
            differing = set(session.scalars(differ.where(Verdict.message_id.in_(rows))))
        assert not waits, f"{waits} messages were not judged"
        by_row = {  # where the shadow differs, the queue says so as it does of what is drawn for audit
            row: (verdict_id, SeasonVerdict(is_spam, is_drawn or (row in differing and not is_spam), doubt, is_clear))
            for row, verdict_id, is_spam, is_drawn, doubt, is_clear in rows_of_verdicts
        }
        for message, row in zip(batch, rows, strict=True):
            if row in by_row:  # what has nothing to judge has no verdict
                self._verdicts[message.text] = by_row[row][0]
        return [by_row[row][1] if row in by_row else SeasonVerdict(False) for row in rows]

    def _received_rows(self, batch: Sequence[Arrived]) -> list[int]:
        """The rows of the messages as the bot would store them; newcomers are seen joining before they write."""
        new = {message.author for message in batch if not message.was_there} - self._joined
        self._joined |= new
        first, self._received = self._received + 1, self._received + len(batch)
        with transaction(self._engine) as session:
            joins.note(session, session.get_one(Chat, self._chat), sorted(new), now())
            return [receiving.receive(session, _incoming(message, n)) for n, message in enumerate(batch, first)]

    def learn(self, decided: Sequence[Arrived]) -> None:
        self._standings.count_decisions(decided)
        with transaction(self._engine) as session:
            for message in decided:
                verdict_id = self._verdicts[message.text]
                corrections.correct(session, Decision(verdict_id, "web:moderator", "moderator", message.is_spam))

    def _settle(self) -> None:
        """The schedule's slot of the day: the shadow may have seen enough. New corrections come at its end alone."""
        self._consider()

    def sleep(self) -> None:
        """The night: the schedule's slots, as many as it takes for the run that one of them starts."""
        self._pass(HALF_A_DAY)
        began, before = time.monotonic(), self._last_run()
        while self._is_run_open():
            time.sleep(2)
        with reading(self._engine) as session:
            newest = versions.every(session)[0]
        reasons = "; ".join((newest.gate or {}).get("reasons", []))
        made = f"{newest.name} {newest.state} {reasons}" if self._last_run() != before else "no run was begun"
        say(f"night: {made} ({time.monotonic() - began:.0f} s)")
        self._pass(HALF_A_DAY)

    def _last_run(self) -> int:
        with reading(self._engine) as session:
            return runs.newest(session, 1)[0].id

    def _pass(self, time_of_day: timedelta) -> None:
        with transaction(self._engine) as session:
            age(session, time_of_day)

    def _is_run_open(self) -> bool:
        self._consider()
        with reading(self._engine) as session:
            ran = runs.newest(session, 1)
        return bool(ran) and ran[0].state in (RunState.ASKED, RunState.RUNNING)

    def note(self) -> str:
        with reading(self._engine) as session:
            champion = versions.champion(session)
        return f", {champion.name} serves" if champion else ""

    def scores(self, messages: Sequence[Arrived]) -> list[float]:
        scores = scored(self._serving().classifier, messages)
        return [self._standings.moved(m, score) for m, score in zip(messages, scores, strict=True)]

    def thresholds(self) -> tuple[float, float]:
        thresholds = self._serving().classifier.thresholds.of(self._chat)
        return thresholds.review, thresholds.act

    def _serving(self) -> Any:
        serving = self._context().champion.current()
        assert serving is not None
        return serving

    def history(self) -> list[dict[str, Any]]:
        """Every version with the gate's decision, and how much presumed ham its run found."""
        with reading(self._engine) as session:
            rows: list[ModelVersion] = versions.every(session)
            messages = len(list(session.scalars(select(Message.id))))
            presumed = {version.name: snapshots.count_presumed(session, version.id) for version in rows}
        refused = sum(version.state == VersionState.REJECTED for version in rows)
        say(f"{messages} messages are stored, {refused} versions were refused")
        history = [{"name": v.name, "state": str(v.state), "presumed": presumed[v.name], "gate": v.gate} for v in rows]
        return history[::-1]


def age(session: Session, by: timedelta) -> None:
    """Make all but the audit that much older, as a season's days are minutes of the real clock. PostgreSQL only."""
    for table in {*Base.metadata.sorted_tables} - {AuditEntry.__table__}:
        if moments := [column for column in table.columns if isinstance(column.type, UtcTime)]:
            older = {column: type_coerce(column, DateTime(timezone=True)) - by for column in moments}
            session.execute(update(table).values(older))


def _incoming(message: Arrived, number: int) -> Incoming:
    return Incoming(Platform.TELEGRAM, GROUP, TITLE, number, message.author, "", message.text, now())
