"""Whatever happens in a group, nobody is sanctioned who should not be, and what hamlet says of it is so.

Far more of it, shrunk where it fails: `SEQUENCES=300 python -m pytest tests/bot/test_any_sequence.py --timeout 0`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, precondition, run_state_machine_as_test

from tests.bot import life_agrees
from tests.bot.life_of_members import Members
from tests.bot.life_of_moderators import Moderators
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.stories

BY_HAND = int(os.environ.get("SEQUENCES", "0"))
PHASES = [Phase.explicit, Phase.generate, *([Phase.shrink] if BY_HAND else [])]


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


def is_at_rest(sequence: Sequence) -> bool:
    return hasattr(sequence, "life") and sequence.life.is_settled


class Sequence(Members, Moderators):
    """Members, administrators, channels and moderators of one group, as Telegram tells of them."""

    @precondition(is_at_rest)
    @invariant()
    def everything_agrees(self) -> None:
        life_agrees.everything(self.life)


def test_any_sequence(telegram: TelegramServer) -> None:
    Sequence.telegram = telegram
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Sequence,
        settings=settings(
            max_examples=BY_HAND or 8,
            stateful_step_count=30 if BY_HAND else 25,
            phases=PHASES,
            deadline=None,
            suppress_health_check=checks,
            derandomize=not BY_HAND,
            database=None,
        ),
    )
