"""What was judged, as moderators look through it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.errors import UnknownVerdict
from storage.models import ModelVersion
from storage.moderation import verdicts
from storage.moderation.verdicts import JudgedMessage
from storage.session import reading
from tests.storage import given


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


@pytest.fixture
def flagged(engine: Engine, model: ModelVersion) -> list[int]:
    """Five spam verdicts, the oldest first."""
    return [given.verdict(engine, model, given.incoming(f"spam {i}", i)) for i in range(1, 6)]


def shown(engine: Engine, limit: int = 50, before_id: int | None = None, open_only: bool = False) -> list[int]:
    with reading(engine) as session:
        return [item.verdict_id for item in verdicts.flagged(session, limit, before_id, open_only)]


def audited(engine: Engine, limit: int = 50, before_id: int | None = None) -> list[int]:
    with reading(engine) as session:
        return [item.verdict_id for item in verdicts.audited(session, limit, before_id)]


def one(engine: Engine, verdict_id: int) -> JudgedMessage:
    with reading(engine) as session:
        return verdicts.verdict(session, verdict_id)


def test_flagged_messages_come_newest_first(engine: Engine, flagged: list[int]) -> None:
    assert shown(engine) == flagged[::-1]


def test_ham_is_not_flagged(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    assert shown(engine) == []


def test_before_id_pages_on(engine: Engine, flagged: list[int]) -> None:
    page = shown(engine, limit=2)
    assert page == [flagged[4], flagged[3]]
    assert shown(engine, limit=2, before_id=page[-1]) == [flagged[2], flagged[1]]


def test_open_only_leaves_out_what_is_settled(engine: Engine, flagged: list[int]) -> None:
    given.corrected(engine, flagged[1], "web:ann", True)
    given.corrected(engine, flagged[2], "web:ann", False)
    assert shown(engine, open_only=True) == [flagged[4], flagged[3], flagged[0]]
    assert len(shown(engine)) == 5


def test_disputed_and_reported_messages_stay_open(engine: Engine, flagged: list[int]) -> None:
    given.corrected(engine, flagged[0], "web:ann", True)
    given.corrected(engine, flagged[0], "web:bob", False)
    given.corrected(engine, flagged[1], "telegram:9", True, is_moderator=False)
    assert {flagged[0], flagged[1]} <= set(shown(engine, open_only=True))


def test_a_verdict_shows_the_text_it_judged(engine: Engine, flagged: list[int]) -> None:
    given.received(engine, given.edited("good morning", message_id=1))
    assert one(engine, flagged[0]).text == "spam 1"


def test_a_verdict_says_where_by_whom_and_how_it_was_judged(engine: Engine, flagged: list[int]) -> None:
    verdict = one(engine, flagged[0])
    assert (verdict.chat_title, verdict.chat_external_id, verdict.author_name) == ("a group", -100123, "Ann")
    assert (verdict.score, verdict.review_threshold, verdict.act_threshold) == (0.95, 0.5, 0.9)
    assert (verdict.is_spam, verdict.model_version, verdict.sent_at) == (True, "v1", given.NOON)


def test_a_verdict_carries_the_decisions_that_stand(engine: Engine, flagged: list[int]) -> None:
    for is_spam in (True, False):
        given.corrected(engine, flagged[0], "web:ann", is_spam)
    assert [correction.is_spam for correction in one(engine, flagged[0]).corrections] == [False]


def test_an_unknown_verdict_is_refused(engine: Engine) -> None:
    with pytest.raises(UnknownVerdict):
        one(engine, 999_999)


def test_what_a_shadow_flags_is_not_flagged(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    given.shadowed(engine, given.in_shadow(engine), 0.9)
    assert shown(engine) == []


def test_a_flagged_message_is_shown_once_whatever_a_shadow_says(engine: Engine, flagged: list[int]) -> None:
    given.shadowed(engine, given.in_shadow(engine), 0.9)
    assert shown(engine) == flagged[::-1]


def test_a_shadows_verdict_cannot_be_looked_at(engine: Engine, flagged: list[int]) -> None:
    of_the_shadow = given.shadowed(engine, given.in_shadow(engine), 0.9)
    with pytest.raises(UnknownVerdict):
        one(engine, of_the_shadow)


# Audit


@pytest.fixture
def drawn(engine: Engine, model: ModelVersion) -> list[int]:
    """Four ham verdicts that were drawn for audit, the oldest first."""
    return [given.verdict(engine, model, given.incoming("hello", i), 0.1, audit_share=1.0) for i in range(1, 5)]


def test_drawn_ham_comes_newest_first(engine: Engine, drawn: list[int]) -> None:
    assert audited(engine) == drawn[::-1]


def test_drawn_ham_is_paged(engine: Engine, drawn: list[int]) -> None:
    assert audited(engine, limit=2) == [drawn[3], drawn[2]]
    assert audited(engine, limit=2, before_id=drawn[2]) == [drawn[1], drawn[0]]


def test_drawn_ham_that_was_corrected_leaves_the_audit(engine: Engine, drawn: list[int]) -> None:
    given.corrected(engine, drawn[0], "web:ann", True)
    given.corrected(engine, drawn[1], "web:ann", False)
    assert audited(engine) == [drawn[3], drawn[2]]


def test_drawn_ham_is_not_flagged(engine: Engine, drawn: list[int]) -> None:
    assert shown(engine) == []


def test_ham_that_was_not_drawn_is_not_audited(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    assert audited(engine) == []


def test_spam_is_never_drawn(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.9, audit_share=1.0)
    assert audited(engine) == []


def test_a_shadows_ham_is_never_drawn(engine: Engine, drawn: list[int]) -> None:
    given.shadowed(engine, given.in_shadow(engine), 0.1)
    assert audited(engine) == drawn[::-1]
