"""What anybody has said something of is not presumed ham, until that is taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, update

from storage.learning import shadow
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Correction,
    CorrectionState,
    Hold,
    HoldState,
    Message,
    MessageState,
    Order,
    OrderKind,
    Report,
)
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import transaction
from tests.storage import given
from tests.storage.learning.spoken import rows, spoken


def decided(state: CorrectionState, is_spam: bool = False) -> Callable[[Engine, int], None]:
    def do(engine: Engine, row: int) -> None:
        with transaction(engine) as session:
            session.add(Correction(verdict_id=row, actor="ann", is_spam=is_spam, state=state))

    return do


def flagged_before_its_edit(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.execute(update(given.Verdict).where(given.Verdict.message_id == row).values(is_spam=True))


def reported(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.add(Report(message_id=row, reporter_id=1))


def warned(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.add(Order(message_id=row, kind=OrderKind.WARN, actor="telegram:1"))


def held(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.add(Hold(message_id=row, reason="link", state=HoldState.RELEASED))


def forgotten(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.get_one(Message, row).text = ""


def in_state(state: MessageState) -> Callable[[Engine, int], None]:
    def do(engine: Engine, row: int) -> None:
        with transaction(engine) as session:
            session.get_one(Message, row).state = state

    return do


@pytest.mark.parametrize(
    "objection",
    [
        decided(CorrectionState.ACCEPTED),
        decided(CorrectionState.DISPUTED),
        decided(CorrectionState.PROPOSED, True),
        decided(CorrectionState.SET_ASIDE),
        flagged_before_its_edit,
        reported,
        warned,
        held,
        forgotten,
        *(in_state(state) for state in MessageState if state != MessageState.HAM),
    ],
)
def test_what_anybody_has_said_something_of_is_not_presumed_and_the_rest_is(
    engine: Engine, objection: Callable[[Engine, int], None]
) -> None:
    mine = spoken(engine)
    objection(engine, mine[0])
    assert rows(engine) == {*mine[1:]}


@pytest.mark.parametrize("state", [CorrectionState.WITHDRAWN, CorrectionState.REPLACED, CorrectionState.REJECTED])
def test_what_was_taken_back_is_no_objection(engine: Engine, state: CorrectionState) -> None:
    mine = spoken(engine)
    decided(state, True)(engine, mine[0])
    assert rows(engine) == set(mine)


def test_a_shadows_flag_is_no_objection(engine: Engine) -> None:
    mine = spoken(engine)
    other = given.in_shadow(engine)
    with transaction(engine) as session:
        shadow.record(session, ScoringVersion(other.id, 0.5, 0.9), [Judgement(mine[0], 0, 0.9)])
    assert rows(engine) == set(mine)


def sanction(engine: Engine, kind: ActionKind, **about: object) -> None:
    with transaction(engine) as session:
        session.add(Action(kind=kind, state=ActionState.DONE, **about))


def test_of_a_member_whom_a_moderator_banned_nothing_is_presumed_until_that_is_undone(engine: Engine) -> None:
    mine = spoken(engine)
    sanction(engine, ActionKind.BAN, verdict_id=1)
    assert rows(engine) == set()
    sanction(engine, ActionKind.UNBAN, verdict_id=1)
    assert rows(engine) == set(mine)


def test_a_ban_without_a_verdict_counts_in_its_chat_alone(engine: Engine) -> None:
    spoken(engine)
    elsewhere = spoken(engine, chat=-5, first=100)
    sanction(engine, ActionKind.BAN, chat_id=1, user_id=7)
    assert rows(engine) == set(elsewhere)
