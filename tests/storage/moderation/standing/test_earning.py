"""Standing is earned in one chat by clean messages, however many authors wait together."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from storage.access import chats
from storage.models import Chat, ModelVersion, Platform, Verdict
from storage.moderation.standing import NEWEST
from storage.session import transaction
from tests.storage import given
from tests.storage.moderation.standing.authors import (
    ANN,
    BOB,
    CHANNEL,
    GOOD,
    MODERATOR,
    NEWCOMER,
    SOME,
    UNKNOWN,
    UNSURE,
    earns,
    says,
    standing,
)


def test_the_first_messages_are_a_newcomers(engine: Engine, model: ModelVersion) -> None:
    assert standing(engine, model) == NEWCOMER


def test_good_standing_is_earned_by_as_many_clean_messages_as_the_chat_asks_for(
    engine: Engine, model: ModelVersion
) -> None:
    earns(engine, model, 1)
    assert standing(engine, model) == SOME
    earns(engine, model, 3)
    assert standing(engine, model) == SOME
    earns(engine, model, 1)
    assert standing(engine, model) == GOOD
    with transaction(engine) as session:
        chats.choose(session, session.scalars(select(Chat.id)).one(), "standing_after", 6)
    assert standing(engine, model) == SOME


def test_standing_is_of_one_person_in_one_chat(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    given.joined(engine, ANN, chat_external_id=-100999)
    assert standing(engine, model, BOB) == NEWCOMER
    assert standing(engine, model, ANN, chat_external_id=-100999) == NEWCOMER


def test_short_texts_and_repeats_earn_nothing(engine: Engine, model: ModelVersion) -> None:
    for text in ("ok", "thank you", "👍👍👍", "谢谢"):
        says(engine, model, text)
    assert standing(engine, model) == NEWCOMER
    for text in ("see you later", "See you, later!", " see  you later…"):
        says(engine, model, text)
    assert standing(engine, model) == SOME
    with transaction(engine) as session:
        chats.choose(session, session.scalars(select(Chat.id)).one(), "standing_after", 2)
    assert standing(engine, model) == SOME, "three repeats are one text"


def test_a_flag_earns_when_it_is_decided_ham(engine: Engine, model: ModelVersion) -> None:
    flag = says(engine, model, "buy my old sofa", UNSURE)
    assert standing(engine, model) == NEWCOMER
    given.corrected(engine, flag, MODERATOR, False)
    assert standing(engine, model) == SOME


def test_no_more_than_the_newest_messages_are_looked_at(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    given.received(engine, *[given.incoming("ok", 1_000 + n) for n in range(NEWEST - 6)])
    assert standing(engine, model) == GOOD
    given.received(engine, *[given.incoming("ok", 2_000 + n) for n in range(5)])
    assert standing(engine, model) == NEWCOMER


def test_messages_that_wait_together_are_judged_by_what_was_before_them(engine: Engine, model: ModelVersion) -> None:
    given.received(engine, *[given.incoming(f"all is well{'l' * n}", n) for n in range(1, 7)])
    earns(engine, model, 1, BOB)
    assert given.values(engine, Verdict.standing) == [NEWCOMER] * 7
    assert [standing(engine, model, who) for who in (ANN, BOB)] == [GOOD, SOME]


@pytest.mark.parametrize(
    ("author_id", "platform"),
    [(None, Platform.TELEGRAM), (CHANNEL, Platform.TELEGRAM), (ANN, Platform.WEB), (None, Platform.WEB)],
)
def test_channels_nobody_and_the_web_have_no_standing(
    engine: Engine, model: ModelVersion, author_id: int | None, platform: Platform
) -> None:
    assert standing(engine, model, author_id, platform=platform) == UNKNOWN
