"""Stored messages scored once more, from the shell: what another version would have said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from cli import exports
from cli.console import printable
from cli.errors import CommandError
from cli.progress import TerminalReporter
from cli.rescored import COLUMNS, Rescored
from storage.errors import VersionPruned
from storage.learning import versions
from storage.moderation.verdicts import JudgedMessage
from storage.odds import shifted
from storage.session import open_engine, reading
from storage.settings import StorageSettings
from storage.types import ERASED
from storage.views import replay

SHOWN = 20  # differences on the terminal; --out has all
SIDES = {None: "", True: "spam", False: "not spam"}


@dataclass(frozen=True)
class ReplayRequest:
    """The options of `hamlet replay`; moments without a zone are UTC."""

    version: str
    since: datetime
    until: datetime | None
    out: Path | None


def run(console: Console, request: ReplayRequest) -> None:
    """Score, count, show and export. Raises UnknownVersion, VersionPruned, CheckpointError or CommandError."""
    storage = StorageSettings()
    engine = open_engine(storage.address)
    since, until = _utc(request.since), None if request.until is None else _utc(request.until)
    if until is not None and until <= since:
        raise CommandError(
            f"there is nothing between --since {since:%Y-%m-%d %H:%M} and --until {until:%Y-%m-%d %H:%M}"
        )
    with reading(engine) as session:
        version = versions.named(session, request.version)
    if version.pruned_at is not None:
        raise VersionPruned(request.version)
    folder = storage.shared_models.fetch(request.version)
    classifier = SpamClassifier.load(folder, registered=version.manifest_hash)
    counts: Counter[str] = Counter()
    differing: list[Rescored] = []
    with exports.opened(request.out, COLUMNS) as write, TerminalReporter(console) as reporter:
        reporter.begin("Judging again", _count(engine, since, until))
        for message in _rescored(engine, classifier, since, until, reporter):
            counts.update(message.counts())
            if message.differs:
                write(message.row(request.version))
                differing = [*differing, message][:SHOWN]
    if not counts["judged"]:
        console.print(f"No message with a verdict has been received since {request.since:%Y-%m-%d %H:%M}.")
        return
    _print_counts(console, request.version, counts)
    _print_differences(console, request, counts["only now"] + counts["only then"], differing)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _count(engine: Engine, since: datetime, until: datetime | None) -> int:
    with reading(engine) as session:
        return replay.count(session, since, until)


def _rescored(
    engine: Engine, classifier: SpamClassifier, since: datetime, until: datetime | None, reporter: TerminalReporter
) -> Iterator[Rescored]:
    review = classifier.thresholds.review
    for page in _pages(engine, since, until):
        readable = [past for past in page if past.text != ERASED]
        for past, answer in zip(readable, classifier.try_score([past.text for past in readable]), strict=True):
            score = None if isinstance(answer, TextError) else answer
            yield Rescored(past, score, score is not None and score >= shifted(review, past.shift))
        reporter.advance(len(page))


def _pages(engine: Engine, since: datetime, until: datetime | None) -> Iterator[list[JudgedMessage]]:
    """Each page is a transaction of its own: scoring them all takes longer than one should stay open."""
    after = 0
    while True:
        with reading(engine) as session:
            page = replay.page(session, since, until, after)
        if not page:
            return
        after = page[-1].verdict_id
        yield page


def _print_counts(console: Console, version: str, counts: Counter[str]) -> None:
    console.print(
        f"{counts['judged']:,} texts judged again by {version}: {counts['both']:,} flagged then and now, "
        f"{counts['only now']:,} only now, {counts['only then']:,} only then."
    )
    if counts["decided"]:
        console.print(
            f"Of {counts['decided']:,} that moderators decided, right then: {counts['right then']:,}, "
            f"now: {counts['right now']:,}. (A version has learned from some of these itself.)"
        )
    if counts["without a score"]:
        console.print(f"{counts['without a score']:,} texts got no score.")


def _print_differences(console: Console, request: ReplayRequest, total: int, differing: list[Rescored]) -> None:
    """The first differences as a table, and where all of them are."""
    if differing:
        console.print(_table(request.version, differing))
    if request.out is not None:
        console.print(f"{total:,} differences are in {request.out}.")
    elif total > SHOWN:
        console.print(f"The first {SHOWN}; `--out differences.csv` writes all.")


def _table(version: str, differing: list[Rescored]) -> Table:
    table = Table(box=None)
    for column in ("sent", "then", version, "moderator", "text"):
        table.add_column(column, no_wrap=True)
    for message in differing:
        past = message.past
        table.add_row(
            f"{past.sent_at:%Y-%m-%d %H:%M}",
            f"{SIDES[past.is_spam]} {past.score:.3f}",
            f"{SIDES[message.is_spam]} {message.score or 0.0:.3f}",
            SIDES[message.decision],
            escape(printable(past.text, 60)),
        )
    return table
