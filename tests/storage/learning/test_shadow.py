"""What a challenger in shadow says: stored beside the champion's verdicts, acted on by nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.access import chats
from storage.learning import shadow
from storage.models import Message, MessageState, ModelVersion, Platform, Strictness, Verdict
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from storage.views import web_chat
from tests.conftest import count
from tests.storage import given
from tests.storage.learning.shadowing import judged_as, record


def test_a_shadows_verdict_stands_beside_the_champions(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.8))
    assert given.values(engine, Verdict.model_version_id) == [champion.id, challenger.id]
    assert given.values(engine, Verdict.is_shadow) == [False, True]
    assert given.values(engine, Verdict.score) == [0.9, 0.8]


@pytest.mark.parametrize(
    ("scores", "disagrees"), [((0.9, 0.5), False), ((0.9, 0.4), True), ((0.1, 0.5), True), ((0.1, 0.4), False)]
)
def test_it_disagrees_where_it_takes_the_other_side(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion, scores: tuple[float, float], disagrees: bool
) -> None:
    judged_as(engine, champion, challenger, scores)
    assert given.values(engine, Verdict.disagrees) == [False, disagrees]


def test_it_leaves_the_messages_state_alone(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.1), (0.1, 0.9))
    assert given.values(engine, Message.state) == [MessageState.SPAM, MessageState.HAM]


def test_it_asks_for_no_notice(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    judged_as(engine, champion, challenger, (0.1, 0.9))
    assert count(engine, "actions") == 0


def test_storing_it_twice_is_one_verdict(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    given.verdict(engine, champion)
    for score in (0.8, 0.2):
        given.shadowed(engine, challenger, score)
    assert given.values(engine, Verdict.score) == [0.95, 0.8]


def test_a_message_without_a_champions_verdict_is_passed_over(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    given.received(engine, given.incoming())
    given.shadowed(engine, challenger, 0.9)
    assert count(engine, "verdicts") == 0
    assert given.values(engine, Message.state) == [MessageState.PENDING]


def test_a_judgement_without_a_score_is_passed_over(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    given.verdict(engine, champion)
    [row] = given.values(engine, Message.id)
    record(engine, challenger, Judgement(row, 0, None, error="out of memory"))
    assert count(engine, "verdicts") == 1


def test_words_edited_since_are_compared_with_the_verdict_on_them(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    given.verdict(engine, champion, given.incoming("hello"), 0.1)
    given.verdict(engine, champion, given.edited("buy now"), 0.9)
    given.shadowed(engine, challenger, 0.9, edit=0)
    given.shadowed(engine, challenger, 0.9, edit=1)
    assert given.values(engine, Verdict.edit) == [0, 1, 0, 1]
    assert given.values(engine, Verdict.disagrees) == [False, False, True, False]


def test_what_the_version_judged_as_champion_it_does_not_judge_again(engine: Engine, champion: ModelVersion) -> None:
    given.verdict(engine, champion)
    given.shadowed(engine, champion, 0.1)
    assert given.values(engine, Verdict.is_shadow) == [False]


def test_it_stores_the_threshold_that_its_chats_strictness_asks_for(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    given.verdict(engine, champion)
    with transaction(engine) as session:
        (group,) = chats.every(session)
        chats.choose_strictness(session, group.id, Strictness.CAUTIOUS)
        judge = ScoringVersion(challenger.id, 0.5, 0.9, {"cautious": 0.99})
        shadow.record(session, judge, [Judgement(1, 0, 0.7)])
    assert given.values(engine, Verdict.act_threshold) == [0.9, 0.99]


def test_the_chat_page_shows_the_champions_verdict_alone(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    given.verdict(engine, champion, given.incoming(platform=Platform.WEB, chat_external_id=0), 0.1)
    given.shadowed(engine, challenger, 0.9)
    with reading(engine) as session:
        assert [(line.score, line.model_version) for line in web_chat.lines(session)] == [(0.1, "v1")]


def test_a_shadowed_message_waits_no_more(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    judged_as(engine, champion, challenger, (0.1, 0.9))
    with reading(engine) as session:
        assert inbox.waiting(session) == 0
