"""What a flag asks for: by the mode, the score, the kill switch, and the author's standing."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from storage.access import switches
from storage.models import (
    Action,
    Chat,
    Mode,
    ModelVersion,
    now,
)
from storage.moderation import inbox, standing
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.requested_actions import requests
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.moderation.requested_actions.asked import (
    ANN,
    BAN,
    DELETE,
    NOTIFY,
    RESTRICT,
    SURE,
    UNSURE,
    flagged,
    kinds,
)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


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


# Edits


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
