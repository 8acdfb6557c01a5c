"""Labelled files into the database and out of it, in batches: neither has to fit into memory or into one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from storage import formats, writing
from storage.formats import Decided, Format, Sample
from storage.lines import LineError
from storage.queries import samples
from storage.queries.samples import Importer, Taken
from storage.session import reading, transaction

BATCH = 500
MOST_ERRORS = 1_000  # kept; a file of the wrong format has one in every line


@dataclass
class Report:
    """What became of a file's lines."""

    taken: Taken = field(default_factory=Taken)
    refused: int = 0
    errors: list[LineError] = field(default_factory=list)

    def refuse(self, error: LineError) -> None:
        self.refused += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)


def bring_in(
    engine: Engine, importer: Importer, kind: Format, chunks: Iterable[bytes], ring: Callable[[], None]
) -> Report:
    """Store the samples of a file, and `ring` after each batch. Lines that hold none are reported, the rest is taken.

    What was stored before an error stays; bringing the file in again is harmless.
    """
    report, batch = Report(), list[Sample]()
    for found in formats.read(kind, chunks):
        if isinstance(found, LineError):
            report.refuse(found)
            continue
        batch.append(found)
        if len(batch) == BATCH:
            report.taken += _stored(engine, importer, batch, ring)
            batch = []
    report.taken += _stored(engine, importer, batch, ring)
    return report


def _stored(engine: Engine, importer: Importer, batch: list[Sample], ring: Callable[[], None]) -> Taken:
    if not batch:
        return Taken()
    with transaction(engine) as session:
        taken = samples.take(session, importer, batch)
    ring()
    return taken


def take_out(engine: Engine, kind: Format, since: datetime | None = None) -> Iterator[str]:
    """A file of what moderators decided, in parts. The first part is read at once, so that errors come before it."""
    first = _page(engine, since, 0)
    return _parts(engine, kind, since, first)


def _parts(engine: Engine, kind: Format, since: datetime | None, page: list[Decided]) -> Iterator[str]:
    yield writing.head(kind)
    while page:
        yield "".join(writing.written(kind, decided) for decided in page)
        page = _page(engine, since, page[-1].correction_id)


def _page(engine: Engine, since: datetime | None, after: int) -> list[Decided]:
    with reading(engine) as session:
        return samples.decided(session, since, after)
