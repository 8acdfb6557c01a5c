"""What a challenger in shadow says: stored beside the champion's verdicts, compared with them, acted on by nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.access import chats
from storage.learning import shadow, snapshots
from storage.learning.shadow import Disagreement, ShadowCounts
from storage.models import Message, MessageState, ModelVersion, Platform, Strictness, Verdict, VersionState
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from storage.views import web_chat
from tests.conftest import count
from tests.storage import given


@pytest.fixture
def champion(engine: Engine) -> ModelVersion:
    return given.version(engine, "v1")


@pytest.fixture
def challenger(engine: Engine, champion: ModelVersion) -> ModelVersion:
    return given.in_shadow(engine, "v2")


def record(engine: Engine, model: ModelVersion, *judgements: Judgement) -> None:
    with transaction(engine) as session:
        shadow.record(session, ScoringVersion(model.id, 0.5, 0.9), judgements)


def judged_as(engine: Engine, champion: ModelVersion, challenger: ModelVersion, *pairs: tuple[float, float]) -> None:
    """Messages 1, 2, … with the score that either gave."""
    for number, (score, _) in enumerate(pairs, 1):
        given.verdict(engine, champion, given.incoming(f"message {number}", number), score)
    rows = given.values(engine, Message.id)
    record(engine, challenger, *(Judgement(row, 0, score) for row, (_, score) in zip(rows, pairs, strict=True)))


def counts(engine: Engine, model: ModelVersion) -> ShadowCounts:
    with reading(engine) as session:
        return shadow.counts(session, model.id)


def disagreements(engine: Engine, limit: int = 50, before_id: int | None = None) -> list[Disagreement]:
    with reading(engine) as session:
        return shadow.disagreements(session, limit, before_id)


def texts(found: list[Disagreement]) -> list[str]:
    return [item.champion.text for item in found]


# Recording


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


# Comparing


def test_counts_are_of_what_both_judged(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.9), (0.9, 0.1), (0.1, 0.9), (0.1, 0.1), (0.2, 0.7))
    given.verdict(engine, champion, given.incoming(message_id=9))
    assert counts(engine, challenger) == ShadowCounts(
        judged=5, flagged=3, champion_flagged=2, disagreements=3, confirmed=0, undecided=2
    )


def test_imported_samples_are_no_live_traffic(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    given.verdict(engine, champion, given.incoming(platform=Platform.WEB, chat_external_id=-1), 0.1)
    given.shadowed(engine, challenger, 0.9)
    with reading(engine) as session:
        assert shadow.counts(session, challenger.id).judged == 0
        assert shadow.champion_judged(session, given.NOON) == 0
        assert snapshots.count_received_since(session, given.NOON) == 0
    given.verdict(engine, champion, given.incoming(message_id=2), 0.1)
    given.shadowed(engine, challenger, 0.9)
    with reading(engine) as session:
        assert shadow.counts(session, challenger.id).judged == 1
        assert shadow.champion_judged(session, given.NOON) == 1
        assert snapshots.count_received_since(session, given.NOON) == 1


def test_what_moderators_said_of_the_shadows_own_flags_is_counted(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    judged_as(engine, champion, challenger, (0.1, 0.9), (0.1, 0.9), (0.1, 0.9), (0.9, 0.9))
    with reading(engine) as session:
        alone = [pair.champion.verdict_id for pair in shadow.disagreements(session)]
    given.corrected(engine, alone[0], "ann", True)
    given.corrected(engine, alone[1], "ann", False)
    assert counts(engine, challenger) == ShadowCounts(4, 4, 1, 3, confirmed=1, undecided=1)


def test_a_version_that_judged_nothing_in_shadow_counts_nothing(engine: Engine, champion: ModelVersion) -> None:
    given.verdict(engine, champion)
    assert counts(engine, champion) == ShadowCounts(0, 0, 0, 0)


def test_each_version_is_counted_by_itself(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.1))
    given.state(engine, "v2", VersionState.REJECTED)
    another = given.in_shadow(engine, "v3")
    given.shadowed(engine, another, 0.9)
    assert counts(engine, challenger) == ShadowCounts(1, 0, 1, 1)
    assert counts(engine, another) == ShadowCounts(1, 1, 1, 0)


def test_disagreements_come_newest_first_with_both_verdicts(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.1), (0.9, 0.9), (0.1, 0.7))
    newest, oldest = disagreements(engine)
    assert (newest.champion.text, newest.shadow.text) == ("message 3", "message 3")
    assert (newest.champion.score, newest.shadow.score) == (0.1, 0.7)
    assert (newest.champion.model_version, newest.shadow.model_version) == ("v1", "v2")
    assert oldest.champion.text == "message 1"


def test_disagreements_are_paged(engine: Engine, champion: ModelVersion, challenger: ModelVersion) -> None:
    judged_as(engine, champion, challenger, *[(0.9, 0.1)] * 5)
    page = disagreements(engine, limit=2)
    assert texts(page) == ["message 5", "message 4"]
    assert texts(disagreements(engine, 2, page[-1].shadow.verdict_id)) == ["message 3", "message 2"]


def test_a_disagreement_carries_what_moderators_said(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.1))
    given.corrected(engine, disagreements(engine)[0].champion.verdict_id, "web:ann", False)
    assert [said.is_spam for said in disagreements(engine)[0].champion.corrections] == [False]


def test_disagreements_of_a_shadow_that_ended_are_not_listed(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.1))
    given.state(engine, "v2", VersionState.REJECTED)
    assert disagreements(engine) == []
