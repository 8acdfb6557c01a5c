"""What a challenger in shadow says is compared with the champion's verdicts."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.learning import shadow, snapshots
from storage.learning.shadow import ShadowCounts
from storage.models import ModelVersion, Platform, VersionState
from storage.session import reading
from tests.storage import given
from tests.storage.learning.shadowing import counts, disagreements, judged_as, texts


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
    assert [correction.is_spam for correction in disagreements(engine)[0].champion.corrections] == [False]


def test_disagreements_of_a_shadow_that_ended_are_not_listed(
    engine: Engine, champion: ModelVersion, challenger: ModelVersion
) -> None:
    judged_as(engine, champion, challenger, (0.9, 0.1))
    given.state(engine, "v2", VersionState.REJECTED)
    assert disagreements(engine) == []
