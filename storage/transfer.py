"""Imports and exports labelled files in batches, which fit into memory and into one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from storage import formats, writing
from storage.formats import Decided, Format, Sample
from storage.learning import samples
from storage.learning.samples import Importer, Taken
from storage.lines import LineError
from storage.session import reading, transaction

BATCH = 500
MOST_ERRORS = 1_000  # that a report keeps; a file of the wrong format has one in every line


@dataclass
class Report:
    """The result of an import."""

    taken: Taken = field(default_factory=Taken)
    refused: int = 0
    errors: list[LineError] = field(default_factory=list)

    def refuse(self, error: LineError) -> None:
        """Count a line that holds no sample."""
        self.refused += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)


def import_labelled(
    engine: Engine, importer: Importer, kind: Format, chunks: Iterable[bytes], ring: Callable[[], None]
) -> Report:
    """Store the samples of a file, and `ring` after each batch. Lines without a sample are reported, the rest is taken.

    What was stored before an error stays; importing the file again is harmless.
    """
    report, batch = Report(), list[Sample]()
    for sample in formats.read(kind, chunks):
        if isinstance(sample, LineError):
            report.refuse(sample)
            continue
        batch.append(sample)
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


def export_labelled(engine: Engine, kind: Format, since: datetime | None = None) -> Iterator[str]:
    """A file of what moderators decided, in parts. The first page is read at once, so that errors are raised here."""
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
