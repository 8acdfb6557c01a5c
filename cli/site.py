"""Small commands on the database and the running processes."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import text

import migrations
from cli.app import CommandError
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from review.settings import ReviewSettings
from storage.errors import StorageError
from storage.models import Strictness, now
from storage.queries import asking, chats, inbox, logins, signs, switches, wellness
from storage.session import open_engine, reading, shown, transaction
from storage.settings import StorageSettings
from worker.settings import ActionsSettings

OLDEST_HEARTBEAT_SECONDS = {"worker": 60.0, "actions": 60.0, "schedule": 30.0, "bot": 180.0, "training": 900.0}


def login_link(name: str | None) -> str:
    """A link that logs `name` in once. Raises DatabaseUnreachable."""
    engine = open_engine(StorageSettings().address)
    with transaction(engine) as session:
        token = logins.new_link(session, name or user())
    return f"{ReviewSettings().url}/login?token={token}"


def user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "operator"


@dataclass(frozen=True)
class Migrated:
    """A database, without its password, that is up to date, and the copy made of it before, if it had to change."""

    address: str
    copy: Path | None

    @property
    def said(self) -> str:
        return f"The database {self.address} is up to date.{self.kept}"

    @property
    def kept(self) -> str:
        return f" As it was before, it is kept in {self.copy}." if self.copy else ""


def migrate() -> Migrated:
    """Upgrade the database. Raises DatabaseUnreachable, DatabaseTooNew, NoCopy and UpgradeFailed."""
    address = StorageSettings().address
    with transaction(open_engine(address)) as session:  # says in our words when it cannot be reached
        session.execute(text("SELECT 1"))
    return Migrated(shown(address), migrations.upgrade(address))


def who_serves(storage: StorageSettings, champion: str, judge: str | None) -> str:
    """What `make run` says of the champion; `judge` is the version that can judge."""
    if judge == champion:
        return f"Model version {champion} serves."
    gone = f"The files of model version {champion} are not in {storage.models / champion}"
    remedy = "put them back, or have another version take its place: `hamlet models`, `hamlet promote`"
    return f"{gone}: {f'{judge} judges instead' if judge else 'nothing can be judged'} until you {remedy}."


def retry_failed() -> int:
    with transaction(open_engine(StorageSettings().address)) as session:
        return inbox.retry_failed(session)


def show_chats(console: Console) -> None:
    """A table of the chats and what each has chosen."""
    with reading(open_engine(StorageSettings().address)) as session:
        rows = chats.every(session)
    if not rows:
        console.print("There is no chat yet; one is added with its first message.")
        return
    table = Table(box=None)
    for column in ("number", "platform", "title", "mode", "strictness"):
        table.add_column(column)
    for chat in rows:
        table.add_row(str(chat.id), str(chat.platform), escape(chat.title), str(chat.mode), str(chat.strictness))
    console.print(table)


def choose_strictness(chat_id: int, word: str) -> str:
    """Raises CommandError for an unknown word, UnknownChat for an unknown chat. Returns what was done."""
    if word not in set(Strictness):
        raise CommandError(f"{word!r} is not a strictness; known: {', '.join(Strictness)}")
    with transaction(open_engine(StorageSettings().address)) as session:
        chat = chats.choose_strictness(session, chat_id, Strictness(word), user())
        return f"{chat.title or f'chat {chat.id}'} is judged as {word} from the next message on."


def stop() -> str:
    """Stop all acting without a moderator; what waits is left undone. Raises CommandError where no worker is stopped."""
    address = StorageSettings().address
    with transaction(open_engine(address)) as session:
        switches.stop(session, user())
        asking.stop_waiting(session, None, now())
        is_worked_with = signs.is_worked_with(session)
    if not is_worked_with:
        raise CommandError(
            f"the switch is set in {shown(address)}, and no worker works with that database: a hamlet that runs on another "
            "one goes on acting. Run this in the folder of its .env, or name its database with HAMLET_DATABASE_URL"
        )
    return (
        f"Stopped {shown(address)}: in every chat only moderators act. Messages are judged and shown as before; "
        "`hamlet go-on` ends it."
    )


def go_on() -> str:
    with transaction(open_engine(StorageSettings().address)) as session:
        by = switches.stopped_by(session)
        switches.go_on(session, user())
    return f"The chats' own modes hold again ({by} had stopped them)." if by else "Nothing was stopped."


def check_health(process: str) -> None:
    """Raises CommandError unless the process shows that it is alive."""
    if process == "review":
        _check_site(ReviewSettings())
        return
    if process not in OLDEST_HEARTBEAT_SECONDS:
        raise CommandError(f"there is no process {process!r}; known: review, {', '.join(OLDEST_HEARTBEAT_SECONDS)}")
    _check_heartbeat(process)
    if process == "worker":
        _check_judging()


def check_all_health() -> None:
    """Raises CommandError with all that is wrong: processes that show no life, and what keeps messages from verdicts."""
    wanted = [name for name in OLDEST_HEARTBEAT_SECONDS if name != "bot" or ActionsSettings().telegram_token]
    checks: list[Callable[[], None]] = [
        lambda: _check_site(ReviewSettings()),
        _check_judging,
        *(partial(_check_heartbeat, n) for n in wanted),
    ]
    found = []
    for check in checks:
        try:
            check()
        except (CommandError, StorageError) as error:
            found.append(str(error))
    if found:
        raise CommandError("; ".join(found))


def _check_judging() -> None:
    storage = StorageSettings()
    with reading(open_engine(storage.address)) as session:
        if found := wellness.problems(session, storage.has_files):
            raise CommandError("; ".join(found))


def _check_heartbeat(process: str) -> None:
    age = Heartbeat(process, JobsSettings()).age_seconds()
    if age is None or age > OLDEST_HEARTBEAT_SECONDS[process]:
        raise CommandError(f"{process} has shown no sign of life for {'ever' if age is None else f'{age:.0f} s'}")


def _check_site(settings: ReviewSettings) -> None:
    try:
        httpx.get(f"{settings.local_url}/health", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise CommandError(f"the review site does not answer: {error}") from error
