"""Whether the processes are alive, and whether messages can be judged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import httpx

from actions.settings import ActionsSettings
from cli.errors import CommandError
from jobs import heartbeat
from jobs.heartbeat import LONGEST_SILENCE_SECONDS
from jobs.settings import JobsSettings
from review.settings import ReviewSettings
from storage.errors import StorageError
from storage.session import open_engine, reading
from storage.settings import StorageSettings
from storage.views import wellness


def check(process: str) -> None:
    """Raises CommandError unless every process of this kind in this container or machine shows that it is alive."""
    if process == "review":
        _check_site(ReviewSettings())
        return
    if process not in LONGEST_SILENCE_SECONDS:
        raise CommandError(f"there is no process {process!r}; known: review, {', '.join(LONGEST_SILENCE_SECONDS)}")
    _require_beat(process, heartbeat.silence_here(process, JobsSettings()))
    if process == "worker":
        _check_judging()


def check_all() -> None:
    """Raises CommandError with everything that is wrong: processes that are not alive, and why nothing can be judged."""
    has_bot = ActionsSettings().telegram_token
    beating = [name for name in LONGEST_SILENCE_SECONDS if name != "bot" or has_bot]
    checks: list[Callable[[], None]] = [
        lambda: _check_site(ReviewSettings()),
        _check_judging,
        *(partial(check_heartbeat, name) for name in beating),
    ]
    if problems := [problem for one in checks if (problem := _problem(one)) is not None]:
        raise CommandError("; ".join(problems))


def _problem(check: Callable[[], None]) -> str | None:
    try:
        check()
    except (CommandError, StorageError) as error:
        return str(error)
    return None


def _check_judging() -> None:
    storage = StorageSettings()
    with reading(open_engine(storage.address)) as session:
        if problems := wellness.problems(session, storage.has_files):
            raise CommandError("; ".join(problems))


def check_heartbeat(process: str) -> None:
    """Raises CommandError where the process has shown no sign of life for too long, here or, where it never ran, elsewhere."""
    _require_beat(process, heartbeat.silence_anywhere(process, JobsSettings()))


def _require_beat(process: str, age: float | None) -> None:
    if age is None or age > LONGEST_SILENCE_SECONDS[process]:
        raise CommandError(f"{process} has shown no sign of life {'yet' if age is None else f'for {age:.0f} s'}")


def _check_site(settings: ReviewSettings) -> None:
    try:
        httpx.get(f"{settings.local_url}/health", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise CommandError(f"the review site does not answer: {error}") from error
