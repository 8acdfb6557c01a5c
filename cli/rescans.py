"""Old messages looked at again, from the shell: asked of the worker, waited for, listed; flagging them is the site's."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from sqlalchemy import Engine

from cli.console import printable, width
from cli.errors import CommandError
from cli.logins import user
from storage.access import chats
from storage.models import Rescan
from storage.moderation import rescan_flags, rescans
from storage.processes import signs
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings


def run(console: Console, chat_id: int, days: int, wait: Callable[[], None] = lambda: time.sleep(1)) -> None:
    """Ask, wait and list. Raises UnknownChat, UnsuitableSetting, and CommandError where no worker looks."""
    engine = open_engine(StorageSettings().address)
    with transaction(engine) as session:
        chats.get(session, chat_id)
        rescan_id = rescans.request(session, chat_id, days, user()).id
    while (rescan := _read(engine, rescan_id)).done_at is None:
        _require_worker(engine)
        wait()
    if rescan.error is not None:
        raise CommandError(f"given up after {rescan.scanned:,} messages: {rescan.error}")
    with reading(engine) as session:
        rows = rescan_flags.listed(session, rescan_id)
    for row in rows:
        console.print(f"{row.hit.score:.3f}  {printable(row.message.text, width() - 8)}", markup=False, highlight=False)
    console.print(
        f"Of {rescan.scanned:,} messages of the last {rescan.days} days that an earlier version did not flag, the present "
        f"one would flag {len(rows):,}. The chat's page of the review site, under Old messages, flags them."
    )


def _read(engine: Engine, rescan_id: int) -> Rescan:
    with reading(engine) as session:
        return session.get_one(Rescan, rescan_id)


def _require_worker(engine: Engine) -> None:
    with reading(engine) as session:
        if not signs.is_worked_with(session):
            raise CommandError("no worker uses this database, so nothing is looked at before one runs: `hamlet run`")
