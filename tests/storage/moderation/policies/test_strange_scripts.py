"""A newcomer's script in which hardly anybody writes moves the thresholds, where the chat chose so."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from storage.access import chats
from storage.models import Chat, Message, MessageState, Verdict
from storage.moderation import verdicts
from storage.moderation.policies import scripts
from storage.moderation.policies.scripts import KEPT_SECONDS, Cache
from storage.moderation.verdicts import JudgedMessage
from storage.odds import STRANGE_SCRIPT, shifted
from storage.session import reading, transaction
from tests.storage import given

RUSSIAN, ENGLISH = "кто продаёт велосипед?", "who is selling a bike?"
IDA = 66


@pytest.fixture
def english(engine: Engine) -> Any:
    """A group that has written English 200 times, and wants scripts weighed."""
    model = given.version(engine)
    given.regular(engine, model)
    with transaction(engine) as session:
        chat = session.scalars(select(Chat)).one()
        chats.choose(session, chat.id, "weighs_scripts", "yes")
        session.add_all(_history(chat.id, n) for n in range(200))
    return model


def _history(chat_id: int, n: int) -> Message:
    about: dict[str, Any] = {"chat_id": chat_id, "message_id": 100 + n, "author_id": 8, "sent_at": given.NOON}
    return Message(**about, text=ENGLISH, state=MessageState.HISTORY)


def judged(engine: Engine, model: Any, text: str, author_id: int = IDA, score: float = 0.1) -> JudgedMessage:
    number = len(given.values(engine, Message.id)) + 10_000
    given.joined(engine, author_id) if author_id == IDA else None
    verdict = given.verdict(engine, model, given.incoming(text, number, author_id=author_id), score)
    with reading(engine) as session:
        return verdicts.verdict(session, verdict)


def test_it_lowers_both_thresholds_and_the_verdict_says_so(engine: Engine, english: Any) -> None:
    strange = judged(engine, english, RUSSIAN)
    assert (strange.script, strange.script_weight) == ("CYRILLIC", STRANGE_SCRIPT)
    assert strange.review_threshold == pytest.approx(shifted(0.5, -STRANGE_SCRIPT))
    assert strange.act_threshold == pytest.approx(shifted(0.9, -STRANGE_SCRIPT))
    assert not strange.is_spam, "it decides nothing alone"
    assert judged(engine, english, RUSSIAN, score=0.4).is_spam


def test_the_chats_own_script_and_few_letters_move_nothing(engine: Engine, english: Any) -> None:
    for text in (ENGLISH, "Иван 👍", "frее mоnеy tоdаy fоr yоu"):
        usual = judged(engine, english, text)
        assert (usual.script, usual.script_weight, usual.review_threshold) == (None, 0.0, 0.5)


def test_a_regular_may_write_in_any(engine: Engine, english: Any) -> None:
    assert judged(engine, english, RUSSIAN, author_id=7).script is None


def test_whoever_has_not_chosen_it_or_wrote_too_little_has_no_such_evidence(engine: Engine, english: Any) -> None:
    with transaction(engine) as session:
        chats.choose(session, session.scalars(select(Chat)).one().id, "weighs_scripts", "no")
    assert judged(engine, english, RUSSIAN).script is None


def test_a_shadow_judges_with_the_same_evidence(engine: Engine, english: Any) -> None:
    strange = judged(engine, english, RUSSIAN)
    shadow = given.shadowed(engine, given.in_shadow(engine), 0.1)
    with reading(engine) as session:
        row = session.scalars(
            select(Verdict).where(Verdict.is_shadow, Verdict.message_id == strange.message_row_id)
        ).one()
    assert shadow >= row.id
    assert (row.script, row.review_threshold) == ("CYRILLIC", pytest.approx(strange.review_threshold))


def test_scripts_are_read_again_after_a_while_and_of_a_few_chats_only() -> None:
    moments = [0.0]
    cache = Cache(clock=lambda: moments[-1])
    for n in range(scripts.MOST_CHATS + 1):
        cache.put((n, given.NOON), frozenset({"LATIN"}))
    assert cache.get((0, given.NOON)) is None
    assert cache.get((1, given.NOON)) == {"LATIN"}
    moments.append(KEPT_SECONDS)
    assert cache.get((1, given.NOON)) is None
