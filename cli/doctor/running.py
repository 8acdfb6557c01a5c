"""Runs checks at the same time and gives up those that do not end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence

from cli.doctor.line import Check, Line, wrong
from cli.errors import CommandError
from storage.errors import StorageError

EVERYTHING_SECONDS = 9.0


def results(checks: Sequence[Check], seconds: float = EVERYTHING_SECONDS) -> list[Line]:
    """The lines of all checks in their order, run at the same time; whichever does not end in time is wrong."""
    answers = [queue.Queue[list[Line]](1) for _ in checks]
    started = time.monotonic()
    for check, answer in zip(checks, answers, strict=True):
        # a daemon, because nothing can end a thread that waits for a disk or a server
        threading.Thread(target=_run, args=(check, answer), daemon=True).start()
    lines = []
    for check, answer in zip(checks, answers, strict=True):
        left = started + min(check.seconds, seconds) - time.monotonic()
        try:
            lines += answer.get(timeout=max(left, 0.01))
        except queue.Empty:
            given = f"no answer within {min(check.seconds, seconds):.0f} s"
            lines.append(wrong(check.what, given, "see what keeps it, and run `hamlet doctor` again"))
    return lines


def _run(check: Check, answer: queue.Queue[list[Line]]) -> None:
    try:
        answer.put(check.look())
    except (CommandError, StorageError) as error:
        answer.put([wrong(check.what, str(error), "")])
    except Exception as error:  # one check that fails must not keep the others from the page
        answer.put([wrong(check.what, f"could not be checked ({type(error).__name__}: {error})", "")])
