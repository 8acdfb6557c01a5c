"""Imports a chat's export page by page, so that it has to fit neither into memory nor into one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Engine

from storage import telegram_export
from storage.access import audit, chats, moves
from storage.errors import AnotherGroup, ExportCutShort
from storage.exported import ExportedMessage, ExportItem, Joined, LeftOut
from storage.learning import history, presumed
from storage.models import Chat
from storage.session import reading, transaction
from storage.telegram_export import ExportedChat

PAGE = 500


@dataclass
class Report:
    """The result of an import; `cut_short` is the error where the export ended too early."""

    chat_id: int
    title: str
    taken: int = 0
    known: int = 0
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    in_good_standing: int = 0  # authors, after the import
    cut_short: str | None = None

    @property
    def read(self) -> int:
        return self.taken + self.known + self.left_out.total()

    @property
    def sentence(self) -> str:
        """The whole report in words."""
        left = ", ".join(f"{n:,} {why}" for why, n in sorted(self.left_out.items()))
        return (
            f"{self.taken:,} messages of {self.title} taken, {self.known:,} known already; left out: {left or 'none'}. "
            f"Authors in good standing there now: {self.in_good_standing:,}."
        )


def import_chat(
    engine: Engine,
    chunks: Iterable[bytes],
    report_progress: Callable[[Report], None] = lambda _: None,
    only: Chat | None = None,
    by: str = chats.CONSOLE,
) -> Report:
    """Store the messages of an export as history of its group, which has to be `only` if that is given.

    `report_progress` is called with the report so far after each page; `by` stands in the audit. What was stored before
    an error stays, and importing the file again is harmless. Raises NotAnExport or AnotherGroup, with nothing stored.
    """
    exported, messages = telegram_export.read(chunks)
    report = _begun(engine, exported, only)
    readable = _until_cut(messages, report)
    while page := list(islice(readable, PAGE)):
        _store(engine, report, page)
        report_progress(report)
    with transaction(engine) as session:
        audit.note(session, by, "history", f"{report.taken} messages brought in", report.chat_id)
    with reading(engine) as session:
        report.in_good_standing = presumed.count_in_good_standing(session, report.chat_id)
    return report


def _begun(engine: Engine, exported: ExportedChat, only: Chat | None) -> Report:
    """An empty report for the export's group, whose row is created if it is new. Raises AnotherGroup."""
    with transaction(engine) as session:
        if only is not None and only.external_id != moves.present(session, exported.external_id):
            raise AnotherGroup(exported.title, only.title)
        chat = chats.on_telegram(session, exported.external_id, exported.title)
        return Report(chat.id, chat.title)


def _until_cut(messages: Iterator[ExportItem], report: Report) -> Iterator[ExportItem]:
    """The messages as far as they can be read; the report keeps the error where the export is cut short."""
    try:
        yield from messages
    except ExportCutShort as error:
        report.cut_short = str(error)


def _store(engine: Engine, report: Report, page: list[ExportItem]) -> None:
    messages = [item for item in page if isinstance(item, ExportedMessage)]
    joins = [item for item in page if isinstance(item, Joined)]
    with transaction(engine) as session:
        new = history.store(session, report.chat_id, messages)
        history.note_joins(session, report.chat_id, joins)
    report.taken, report.known = report.taken + new, report.known + len(messages) - new
    report.left_out.update(item for item in page if isinstance(item, LeftOut))
    report.left_out.update(LeftOut.SERVICE for _ in joins)
