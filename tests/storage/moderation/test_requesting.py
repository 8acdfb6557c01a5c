"""What is asked for when messages are flagged, decided and commanded about; and that an undo takes all of it back."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from storage.access import switches
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    Message,
    Mode,
    ModelVersion,
    Order,
    OrderKind,
    now,
)
from storage.moderation import inbox, orders, standing
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.orders import Command
from storage.moderation.requested_actions import calls, queue, requests
from storage.session import reading, transaction
from tests.storage import given

NOTIFY, AMEND, DELETE = ActionKind.NOTIFY, ActionKind.AMEND, ActionKind.DELETE
BAN, UNBAN, RESTRICT, LIFT = ActionKind.BAN, ActionKind.UNBAN, ActionKind.RESTRICT, ActionKind.LIFT
PENDING, DONE, CANCELLED = ActionState.PENDING, ActionState.DONE, ActionState.CANCELLED
ANN, BOB = "telegram:1", "telegram:2"
SURE, UNSURE = 0.95, 0.7


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def flagged(engine: Engine, model: ModelVersion, mode: Mode, score: float = SURE, message_id: int = 1) -> int:
    """The verdict on a message in a chat of that mode."""
    given.received(engine, given.incoming(message_id=message_id))
    given.mode(engine, mode)
    return given.verdict(engine, model, given.incoming(message_id=message_id), score)


def kinds(engine: Engine, state: ActionState = PENDING) -> set[ActionKind]:
    with reading(engine) as session:
        return set(session.scalars(select(Action.kind).where(Action.state == state)))


def perform(engine: Engine) -> None:
    """Everything that waits is done."""
    for _ in ("moderation", "notices"):
        with transaction(engine) as session:
            for task in queue.claim(session, None, 50, 30):
                queue.done(session, task, {"chat_id": 1, "message_id": 2})


def command(engine: Engine, message_row: int, kind: OrderKind, actor: str = ANN) -> int | None:
    with transaction(engine) as session:
        return orders.give(session, Command(message_row, kind, actor, actor))


# Flags


def test_an_enforcing_chat_deletes_and_bans_for_thirty_days(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model, Mode.ENFORCE)
    assert kinds(engine) == {NOTIFY, DELETE, BAN}
    with reading(engine) as session:
        ban = session.scalars(select(Action).where(Action.kind == BAN)).one()
    assert ban.until is not None
    assert 29 <= (ban.until - now()).days <= 30
    assert ban.is_automatic


def test_a_soft_chat_restricts(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model, Mode.SOFT)
    assert kinds(engine) == {NOTIFY, DELETE, RESTRICT}


def test_what_is_not_clear_is_only_shown(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model, Mode.ENFORCE, UNSURE)
    assert kinds(engine) == {NOTIFY}


def test_the_kill_switch_of_a_chat_and_of_all(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model, Mode.ENFORCE)
    with transaction(engine) as session:
        chat = session.scalars(select(Chat)).one()
        switches.pause(chat, "a moderator")
        requests.stop_waiting(session, chat.id, now())
    assert kinds(engine) == {NOTIFY}, "what waited is not done any more"
    flagged(engine, model, Mode.ENFORCE, message_id=2)
    assert kinds(engine) == {NOTIFY}
    with transaction(engine) as session:
        switches.resume(session.scalars(select(Chat)).one())
        switches.stop(session, "operator")
    flagged(engine, model, Mode.ENFORCE, message_id=3)
    assert kinds(engine) == {NOTIFY}
    with transaction(engine) as session:
        assert switches.stopped_by(session) == "operator"
        switches.go_on(session)
    flagged(engine, model, Mode.ENFORCE, message_id=4)
    assert kinds(engine) == {NOTIFY, DELETE, BAN}


# Standing


def standing_of(engine: Engine, author_id: int | None = 7) -> bool:
    with reading(engine) as session:
        return standing.is_good(session, session.scalars(select(Chat)).one(), author_id)


def test_standing_comes_with_clean_messages_and_goes_with_spam(engine: Engine, model: ModelVersion) -> None:
    clean = [given.verdict(engine, model, given.incoming(f"hello my friends {i}", i), 0.1) for i in range(1, 6)]
    assert standing_of(engine)
    assert not standing_of(engine, None)
    assert not standing_of(engine, 8)
    clear = flagged(engine, model, Mode.ENFORCE, message_id=10)
    assert kinds(engine) == {NOTIFY}, "somebody in good standing is not acted on without a moderator"
    assert not standing_of(engine), "as long as nobody has decided it"
    given.corrected(engine, clear, ANN, False)
    assert standing_of(engine)
    given.corrected(engine, clean[0], ANN, True)
    assert not standing_of(engine)
    given.corrected(engine, clean[0], ANN, False)
    assert standing_of(engine), "the undo restores it"


def test_too_few_clean_messages_are_no_standing(engine: Engine, model: ModelVersion) -> None:
    for i in range(1, 5):
        given.verdict(engine, model, given.incoming(f"hello my friends {i}", i), 0.1)
    assert not standing_of(engine)


def test_what_was_flagged_and_found_clean_counts(engine: Engine, model: ModelVersion) -> None:
    for i in range(1, 5):
        given.verdict(engine, model, given.incoming(f"hello my friends {i}", i), 0.1)
    wrongly = given.verdict(engine, model, given.incoming("hello my friends 5", 5), SURE)
    assert not standing_of(engine)
    given.corrected(engine, wrongly, ANN, False)
    assert standing_of(engine)


# Decisions and their undo


def test_not_spam_undoes_everything(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    assert kinds(engine) == {UNBAN, AMEND}
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    assert kinds(engine) == set(), "a second tap is safe"


def test_a_ban_that_two_messages_ask_for_ends_with_the_second_undo(engine: Engine, model: ModelVersion) -> None:
    first, second = (flagged(engine, model, Mode.ENFORCE, message_id=i) for i in (1, 2))
    perform(engine)
    given.corrected(engine, second, ANN, False)
    assert UNBAN not in kinds(engine)
    given.corrected(engine, first, ANN, False)
    assert UNBAN in kinds(engine)


def test_an_undo_before_the_ban_was_made_leaves_it_out(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.SOFT)
    given.corrected(engine, verdict, ANN, False)
    assert kinds(engine) == {NOTIFY, AMEND}
    assert kinds(engine, CANCELLED) == {DELETE, RESTRICT}


def test_an_undo_during_the_ban_comes_after_it(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    with transaction(engine) as session:
        banning = next(task for task in queue.claim(session, None, 50, 30) if task.kind == BAN)
    given.corrected(engine, verdict, ANN, False)
    with transaction(engine) as session:
        assert UNBAN not in {task.kind for task in queue.claim(session, None, 50, 30)}
        queue.done(session, banning, {})
    with transaction(engine) as session:
        assert UNBAN in {task.kind for task in queue.claim(session, None, 50, 30)}


def test_a_mind_changed_twice_bans_again(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    perform(engine)
    given.corrected(engine, verdict, ANN, True)
    assert BAN in kinds(engine)
    perform(engine)
    given.corrected(engine, verdict, ANN, False)
    assert UNBAN in kinds(engine)


def test_confirming_what_was_done_does_nothing_twice(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.ENFORCE)
    perform(engine)
    given.corrected(engine, verdict, ANN, True)
    assert kinds(engine) == {AMEND}


def test_a_dispute_stops_what_waits(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model, Mode.TRAINING)
    given.corrected(engine, verdict, ANN, True)
    given.corrected(engine, verdict, BOB, False)
    assert kinds(engine) == {NOTIFY, AMEND}


# Commands


def test_spam_by_reply_waits_for_the_verdict(engine: Engine, model: ModelVersion) -> None:
    [row] = given.received(engine, given.incoming())
    assert command(engine, row, OrderKind.SPAM) is None
    verdict = given.verdict(engine, model, score=0.1)
    assert kinds(engine) == {DELETE, BAN, AMEND}
    with reading(engine) as session:
        assert session.scalars(select(Order)).one().done_at is not None
    assert command(engine, row, OrderKind.HAM) == verdict
    assert kinds(engine, CANCELLED) == {DELETE, BAN}


def test_ban_learns_nothing(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    command(engine, 1, OrderKind.BAN)
    assert kinds(engine) == {DELETE, BAN}
    assert given.values(engine, Order.kind) == [OrderKind.BAN]
    assert given.values(engine, Correction.id) == []


def test_ban_for_good_has_no_end_though_a_shorter_one_was_made(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    command(engine, 1, OrderKind.BAN)
    perform(engine)
    command(engine, 1, OrderKind.BAN_FOR_GOOD)
    with reading(engine) as session:
        ban = session.scalars(select(Action).where(Action.kind == BAN)).one()
    assert (ban.state, ban.until) == (PENDING, None)


def test_a_message_without_a_verdict_is_removed_and_its_author_banned(engine: Engine, model: ModelVersion) -> None:
    [row] = given.received(engine, given.incoming(""))
    with transaction(engine) as session:
        session.execute(update(Message).values(state="nothing to judge"))
    command(engine, row, OrderKind.SPAM)
    with transaction(engine) as session:
        done = [(task.kind, getattr(task, "user_id", 0)) for task in queue.claim(session, None, 50, 30)]
    assert done == [(DELETE, None), (BAN, 7)]


def test_each_is_claimed_with_the_album_it_came_in(engine: Engine, model: ModelVersion) -> None:
    given.received(engine, given.incoming("", 1, album_id="a"), given.incoming("", 3, album_id="b"))
    verdict = given.verdict(engine, model, given.incoming("buy", 2, album_id="a"))
    given.corrected(engine, verdict, ANN, True)
    with transaction(engine) as session:
        deleting = next(task for task in queue.claim(session, None, 50, 30) if task.kind == DELETE)
    assert isinstance(deleting, calls.VerdictAction)
    assert deleting.album == (1, 2)
    given.received(engine, given.incoming("", 4, album_id="a"), given.incoming("", 5, album_id="b"))
    with transaction(engine) as session:
        late = [task.message_id for task in queue.claim(session, None, 50, 30) if task.kind == DELETE]
    assert late == [4], "what comes later of the album goes too"


def test_an_edit_of_a_good_message_into_spam_is_judged_anew(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    given.mode(engine, Mode.ENFORCE)
    given.received(engine, given.edited("buy now, cheap"))
    with transaction(engine) as session:
        holder, claimed = inbox.claim(session, 10, 30)
        inbox.record(
            session, holder, ScoringVersion(model.id, 0.5, 0.9), [Judgement(c.id, c.edit, SURE) for c in claimed]
        )
    assert {DELETE, BAN} <= kinds(engine)
