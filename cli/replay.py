"""Stored messages judged once more, from the shell: what another version would have said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from cli import exports
from cli.app import CommandError
from cli.judging import printable
from cli.learning import TerminalReporter
from storage.errors import VersionPruned
from storage.models import CorrectionState
from storage.odds import shifted
from storage.queries import replay, versions
from storage.queries.judged import Judged
from storage.session import open_engine, reading
from storage.settings import StorageSettings
from storage.types import ERASED

SHOWN = 20  # differences on the terminal; --out has all
COLUMNS = (
    "sent_at", "chat", "verdict_id", "then_version", "then_score", "then_is_spam", "version", "score", "is_spam",
    "moderator_says_spam", "text",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What `hamlet replay` was told; moments without a zone are UTC."""

    version: str
    since: datetime
    until: datetime | None
    out: Path | None


@dataclass(frozen=True)
class Again:
    """A text with what was said of it then and what the version says now; None where it gives no score.

    Both scores are held against thresholds that the author's standing of then moves alike.
    """

    past: Judged
    score: float | None
    is_spam: bool

    @property
    def differs(self) -> bool:
        return self.score is not None and self.is_spam != self.past.is_spam

    @property
    def decided(self) -> bool | None:
        """What a moderator said of it since."""
        accepted = (c.is_spam for c in self.past.corrections if c.state == CorrectionState.ACCEPTED)
        return next(accepted, None)

    def row(self, version: str) -> dict[str, Any]:
        past, score = self.past, None if self.score is None else round(self.score, 6)
        values = (
            past.sent_at.isoformat(), past.chat_title, past.verdict_id, past.model_version, round(past.score, 6),
            past.is_spam, version, score, self.is_spam, self.decided, past.text,
        )  # fmt: skip
        return dict(zip(COLUMNS, values, strict=True))


def run(console: Console, asked: Asked) -> None:
    """Judge, count, show and export. Raises UnknownVersion, VersionPruned, CheckpointError or CommandError."""
    storage = StorageSettings()
    engine = open_engine(storage.address)
    since, until = _utc(asked.since), None if asked.until is None else _utc(asked.until)
    if until is not None and until <= since:
        raise CommandError(f"nothing lies between --since {since:%Y-%m-%d %H:%M} and --until {until:%Y-%m-%d %H:%M}")
    with reading(engine) as session:
        if versions.named(session, asked.version).pruned_at is not None:
            raise VersionPruned(asked.version)
    classifier = SpamClassifier.load(storage.models / asked.version)
    counts: Counter[str] = Counter()
    differing: list[Again] = []
    with exports.opened(asked.out, COLUMNS) as write, TerminalReporter(console) as reporter:
        reporter.begin("Judging again", _waiting(engine, since, until))
        for again in _judged(engine, classifier, since, until, reporter):
            counts.update(_counted(again))
            if again.differs:
                write(again.row(asked.version))
                differing = [*differing, again][:SHOWN]
    _tell(console, asked, counts, differing)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _waiting(engine: Engine, since: datetime, until: datetime | None) -> int:
    with reading(engine) as session:
        return replay.count(session, since, until)


def _judged(
    engine: Engine, classifier: SpamClassifier, since: datetime, until: datetime | None, reporter: TerminalReporter
) -> Iterator[Again]:
    review = classifier.thresholds.review
    for page in _pages(engine, since, until):
        kept = [past for past in page if past.text != ERASED]
        for past, score in zip(kept, classifier.try_score([past.text for past in kept]), strict=True):
            known = None if isinstance(score, TextError) else score
            yield Again(past, known, known is not None and known >= shifted(review, past.shift))
        reporter.advance(len(page))


def _pages(engine: Engine, since: datetime, until: datetime | None) -> Iterator[list[Judged]]:
    """Each page is a transaction of its own: judging them takes longer than one should be open."""
    after = 0
    while True:
        with reading(engine) as session:
            page = replay.page(session, since, until, after)
        if not page:
            return
        after = page[-1].verdict_id
        yield page


def _counted(again: Again) -> Iterator[str]:
    """Which counts a text belongs to."""
    past = again.past
    if again.score is None:
        yield "without a score"
        return
    yield "judged"
    if again.differs:
        yield "only now" if again.is_spam else "only then"
    elif again.is_spam:
        yield "both"
    if again.decided is not None:
        yield "decided"
        yield from ["right then"] * (past.is_spam == again.decided) + ["right now"] * (again.is_spam == again.decided)


def _tell(console: Console, asked: Asked, counts: Counter[str], differing: list[Again]) -> None:
    if not counts["judged"]:
        console.print(f"No message with a verdict was received since {asked.since:%Y-%m-%d %H:%M}.")
        return
    console.print(
        f"{counts['judged']:,} texts judged again by {asked.version}: {counts['both']:,} flagged then and now, "
        f"{counts['only now']:,} only now, {counts['only then']:,} only then."
    )
    if counts["decided"]:
        console.print(
            f"Of {counts['decided']:,} that moderators decided, right then: {counts['right then']:,}, "
            f"now: {counts['right now']:,}. (A version has learned from some of these itself.)"
        )
    if counts["without a score"]:
        console.print(f"{counts['without a score']:,} texts got no score.")
    if differing:
        console.print(_table(asked.version, differing))
    if asked.out is not None:
        console.print(f"{counts['only now'] + counts['only then']:,} differences are in {asked.out}.")
    elif counts["only now"] + counts["only then"] > SHOWN:
        console.print(f"The first {SHOWN}; `--out differences.csv` writes all.")


def _table(version: str, differing: list[Again]) -> Table:
    table = Table(box=None)
    for column in ("sent", "then", version, "moderator", "text"):
        table.add_column(column, no_wrap=True)
    said = {None: "", True: "spam", False: "not spam"}
    for again in differing:
        past = again.past
        then, now = (f"{said[is_spam]} {score:.3f}" for is_spam, score in _sides(again))
        table.add_row(
            f"{past.sent_at:%Y-%m-%d %H:%M}", then, now, said[again.decided], escape(printable(past.text, 60))
        )
    return table


def _sides(again: Again) -> tuple[tuple[bool, float], tuple[bool, float]]:
    return (again.past.is_spam, again.past.score), (again.is_spam, again.score or 0.0)
