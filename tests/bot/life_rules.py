"""What happens to hamlet itself in a group, as rules of a hypothesis state machine, and what the other rules share."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from storage.models import Mode
from tests.bot.group_life import GroupLife
from tests.bot.group_people import ExportedMessage
from tests.telegram_server import TelegramServer

TEXTS = st.sampled_from(["hello", "good morning", "maybe so", "buy now", "buy more", "break it"])
ANY = st.integers(0, 15)
SOON = st.booleans()  # whether hamlet hears, judges and acts before the next thing happens
WORDS = st.sampled_from(["/spam", "/ban", "/ham", "/warn", "/ban for good", "spam", "ban", "ham", "/spam@hamlet_bot"])


class Life(RuleBasedStateMachine):
    """Opens the group; settles at the end of each step, or leaves that to a later one."""

    telegram: ClassVar[TelegramServer]
    life: GroupLife

    @initialize(mode=st.sampled_from(list(Mode)), is_basic=st.booleans())
    def open(self, mode: Mode, is_basic: bool) -> None:
        self.life = GroupLife(self.telegram, is_basic)
        self.set_mode(mode)

    @rule(mode=st.sampled_from(list(Mode)))
    def set_mode(self, mode: Mode) -> None:
        self.life.settle()
        self.life.mode = mode
        self.life.world.mode(mode)

    @rule()
    def restart(self) -> None:
        self.life.world.restart()
        self.life.settle()

    @rule()
    def die_while_acting(self) -> None:
        self.life.world.hear()
        self.life.world.judge()
        self.life.world.act_and_die()
        self.life.settle()

    @precondition(lambda self: self.life.is_basic)
    @rule(which=ANY, soon=SOON)
    def upgrade(self, which: int, soon: bool) -> None:
        if which % 3 == 0:
            self.life.becomes_supergroup()
            self.then(soon)

    def then(self, soon: bool) -> None:
        self.life.is_settled = False
        if soon:
            self.life.settle()

    def any_said(self, which: int) -> ExportedMessage | None:
        there = self.life.remaining()
        return there[-1 - which % len(there)] if there else None

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.life.close()
