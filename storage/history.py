"""A chat's past into the database, page by page: an export neither has to fit into memory nor into one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Engine

from storage import telegram_export
from storage.errors import AnotherGroup, ExportCutShort
from storage.exported import Found, Joined, LeftOut, Said
from storage.models import Chat
from storage.queries import audit, chats, history, moves, presumed
from storage.session import reading, transaction
from storage.telegram_export import ExportedChat

PAGE = 500


@dataclass
class Report:
    """What became of an export's messages; `cut_short` says so where it ended too early."""

    chat_id: int
    title: str
    taken: int = 0
    known: int = 0
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    in_good_standing: int = 0  # authors, when the import was over
    cut_short: str | None = None

    @property
    def read(self) -> int:
        return self.taken + self.known + self.left_out.total()

    @property
    def sentence(self) -> str:
        """All of it in words."""
        left = ", ".join(f"{n:,} {why}" for why, n in sorted(self.left_out.items()))
        return (
            f"{self.taken:,} messages of {self.title} taken, {self.known:,} known already; left out: {left or 'none'}. "
            f"Authors in good standing there now: {self.in_good_standing:,}."
        )


def bring_in(
    engine: Engine,
    chunks: Iterable[bytes],
    told: Callable[[Report], None] = lambda _: None,
    only: Chat | None = None,
    by: str = chats.CONSOLE,
) -> Report:
    """Store what members said, as history of the group that the export is of, or of `only` that one; `by` whom is noted.

    `told` hears how far it is after each page. What was stored before an error stays; bringing the file in again is
    harmless. Raises NotAnExport or AnotherGroup, with nothing stored.
    """
    exported, messages = telegram_export.read(chunks)
    report = _begun(engine, exported, only)
    left = _until_cut(messages, report)
    while page := list(islice(left, PAGE)):
        _store(engine, report, page)
        told(report)
    with transaction(engine) as session:
        audit.note(session, by, "history", f"{report.taken} messages brought in", report.chat_id)
    with reading(engine) as session:
        report.in_good_standing = presumed.count_in_good_standing(session, report.chat_id)
    return report


def _begun(engine: Engine, exported: ExportedChat, only: Chat | None) -> Report:
    with transaction(engine) as session:
        if only is not None and only.external_id != moves.present(session, exported.external_id):
            raise AnotherGroup(exported.title, only.title)
        chat = chats.on_telegram(session, exported.external_id, exported.title)
        return Report(chat.id, chat.title)


def _until_cut(messages: Iterator[Found], report: Report) -> Iterator[Found]:
    """The messages as far as they can be read; the report says where that was not to the end."""
    try:
        yield from messages
    except ExportCutShort as error:
        report.cut_short = str(error)


def _store(engine: Engine, report: Report, page: list[Found]) -> None:
    said, joined = [one for one in page if isinstance(one, Said)], [one for one in page if isinstance(one, Joined)]
    with transaction(engine) as session:
        new = history.store(session, report.chat_id, said)
        history.note_joins(session, report.chat_id, joined)
    report.taken, report.known = report.taken + new, report.known + len(said) - new
    report.left_out.update(one for one in page if isinstance(one, LeftOut))
    report.left_out.update(LeftOut.SERVICE for _ in joined)
