"""Whatever members write and edit and moderators decide, the chat, the rows and the standing agree afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from storage.models import Action, ActionKind, ActionState, Correction, CorrectionState, Message, Mode, Verdict
from storage.queries import standing
from storage.session import reading
from tests import fresh
from tests.bot.world import World
from tests.telegram_server import TelegramServer, user

pytestmark = pytest.mark.stories

GROUP = -1001
MODERATORS = [user(11, "Ann"), user(14, "Bob")]
MEMBERS = [user(12, "Max"), user(13, "Eve")]
TEXTS = st.sampled_from(["hello", "good morning", "maybe so", "buy now"])
ANY = st.integers(0, 30)


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


class Sequence(RuleBasedStateMachine):
    """A group of two moderators and two members."""

    telegram: ClassVar[TelegramServer]

    @initialize(mode=st.sampled_from(list(Mode)))
    def open(self, mode: Mode) -> None:
        with self.telegram.world() as updates:
            updates.clear()
        self.telegram.messages.clear()
        self.telegram.add_group(GROUP, "Gardeners")
        for who in MODERATORS:
            self.telegram.join(GROUP, who, "administrator", can_delete_messages=True)
        for who in MEMBERS:
            self.telegram.join(GROUP, who)
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(self.telegram, fresh.sqlite(Path(self.folder.name) / "world.sqlite3"))
        self.written: list[int] = []
        self.telegram.say(GROUP, MODERATORS[0], "welcome")
        self.world.settle()
        self.world.mode(mode)

    @rule(who=st.sampled_from(MEMBERS), text=TEXTS)
    def write(self, who: dict[str, Any], text: str) -> None:
        if self.telegram.status(GROUP, who) == "left":
            self.telegram.join(GROUP, who)
        if self.telegram.status(GROUP, who) == "member":
            self.written.append(self.telegram.say(GROUP, who, text))
            self.world.settle()

    @rule(which=ANY, text=TEXTS)
    def edit(self, which: int, text: str) -> None:
        if there := self._there():
            self.telegram.edit(GROUP, there[which % len(there)], text)
            self.world.settle()

    @rule(which=ANY, who=st.sampled_from(MODERATORS), word=st.sampled_from(["/spam", "/ham", "/ban", "/warn"]))
    def reply(self, which: int, who: dict[str, Any], word: str) -> None:
        if there := self._there():
            self.telegram.reply(GROUP, who, there[which % len(there)], word)
            self.world.settle()

    @rule(which=ANY, who=st.sampled_from([*MODERATORS, *MEMBERS]), button=st.sampled_from(["Spam", "Not spam"]))
    def press(self, which: int, who: dict[str, Any], button: str) -> None:
        notices = [m for m in self.telegram.sent_to(GROUP) if "Why?" in str(m.get("reply_markup"))]
        if notices:
            self.telegram.press(who, notices[which % len(notices)], button)
            self.world.settle()

    def _there(self) -> list[int]:
        return [n for n in self.written if (GROUP, n) in self.telegram.messages]

    @invariant()
    def everything_agrees(self) -> None:
        if not hasattr(self, "world"):
            return
        with reading(self.world.engine) as session:
            acted = {(a.verdict_id, a.kind): a.state for a in session.scalars(select(Action)) if a.verdict_id}
            verdicts = session.execute(select(Verdict, Message).join(Verdict.message)).all()
            assert ActionState.PENDING not in acted.values(), "everything asked for was done or given up"
            assert ActionState.FAILED not in acted.values()
            for who in MEMBERS:
                mine = [v.id for v, m in verdicts if m.author_id == who["id"]]
                status = self.telegram.status(GROUP, who)
                assert (status == "kicked") == any(acted.get((v, ActionKind.BAN)) == ActionState.DONE for v in mine)
                held = any(acted.get((v, ActionKind.RESTRICT)) == ActionState.DONE for v in mine)
                assert status == "kicked" or (status == "restricted") == held
            for verdict, message in verdicts:
                said = self._said(session, verdict.id)
                if acted.get((verdict.id, ActionKind.DELETE)) == ActionState.DONE:
                    assert (GROUP, message.message_id) not in self.telegram.messages
                if said == {(CorrectionState.ACCEPTED, True)} and message.edit == verdict.edit:
                    chat = self.world.chat(GROUP)
                    assert not standing.is_good(session, chat, message.author_id)
                assert len({state for state, _ in said}) <= 1, "accepted or disputed, never both"

    @staticmethod
    def _said(session: Any, verdict_id: int) -> set[tuple[CorrectionState, bool]]:
        counted = (CorrectionState.ACCEPTED, CorrectionState.DISPUTED)
        found = select(Correction.state, Correction.is_spam).where(Correction.verdict_id == verdict_id)
        return {(state, is_spam) for state, is_spam in session.execute(found.where(Correction.state.in_(counted)))}

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            self.folder.cleanup()


def test_any_sequence(telegram: TelegramServer) -> None:
    Sequence.telegram = telegram
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Sequence,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            phases=[Phase.explicit, Phase.generate],
            deadline=None,
            suppress_health_check=checks,
            derandomize=True,
        ),
    )
