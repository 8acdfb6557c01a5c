"""Questions to addresses beside Telegram: each waits as a row, is claimed within its budget, and is asked once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from storage.session import reading, transaction

AT_ONCE = 50  # questions before the work is looked at anew

Q = TypeVar("Q")


def ask_waiting(
    engine: Engine,
    is_waiting: Callable[[Session], bool],
    claim: Callable[[Session], Q | None],
    ask: Callable[[Q], None],
) -> int:
    """Claim and ask what waits; a claim answers None where the budget is used up. Returns how many. Raises DatabaseUnreachable."""
    for asked in range(AT_ONCE):
        with reading(engine) as session:
            if not is_waiting(session):
                return asked
        with transaction(engine) as session:
            question = claim(session)
        if question is None:
            return asked
        ask(question)
    return AT_ONCE
