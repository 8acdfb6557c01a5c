"""When a champion is taken back, and which version serves in its place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from storage.learning import versions
from storage.models import Action, ActionKind, Correction, ModelVersion, VersionState
from storage.session import transaction
from tests.storage import given
from tests.training.lifecycle.given_schedule import SETTINGS, correct, set_back, states
from training.lifecycle import schedule


def test_on_postgresql_two_schedules_take_a_champion_back_once_and_tell_once(postgres_engine: Engine) -> None:
    given.version(postgres_engine)
    given.version(postgres_engine, "v2")
    given.version(postgres_engine, "v3")
    correct(postgres_engine, 2, is_spam=False)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: schedule.consider(postgres_engine, SETTINGS), range(4)))
    assert states(postgres_engine) == [VersionState.RETIRED, VersionState.CHAMPION, VersionState.REJECTED]
    assert given.values(postgres_engine, Action.kind).count(ActionKind.ANNOUNCE) == 1


def test_a_champion_whose_flags_are_undone_is_taken_back_and_moderators_are_told(engine: Engine) -> None:
    given.version(engine)
    given.version(engine, "v2")
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.REJECTED]
    assert given.values(engine, ModelVersion.gate)[1]["rolled_back_because"].startswith("moderators undid 2")
    actions = zip(given.values(engine, Action.kind), given.values(engine, Action.text), strict=True)
    announcements = [text for kind, text in actions if kind == ActionKind.ANNOUNCE]
    assert announcements == [
        "hamlet took model version v2 back: moderators undid 2 of its flags since it was promoted. v1 serves again."
    ]


def test_a_version_that_was_brought_back_is_not_taken_back_in_its_turn(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION, VersionState.REJECTED]
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION, VersionState.REJECTED]
    given.version(engine, "v4")
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine)[1:] == [VersionState.CHAMPION, VersionState.REJECTED, VersionState.REJECTED]


def test_flags_of_its_first_time_are_not_held_against_a_version_that_serves_again(engine: Engine) -> None:
    first = given.version(engine)
    verdicts = [given.verdict(engine, first, given.incoming(f"buy {number}", number)) for number in (1, 2)]
    given.version(engine, "v2")
    given.version(engine, "v3")
    with transaction(engine) as session:
        versions.promote(session, "v1", "ann")
    for verdict_id in verdicts:
        given.corrected(engine, verdict_id, "ann", False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.RETIRED, VersionState.RETIRED]


def test_after_the_window_a_champion_stays(engine: Engine) -> None:
    given.version(engine)
    given.version(engine, "v2")
    correct(engine, 2, is_spam=False)
    set_back(engine, ModelVersion.promoted_at, 9)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION]


def test_the_first_version_has_nothing_to_go_back_to(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION]
    assert len(given.values(engine, Correction.id)) == 2


def test_a_version_that_is_damaged_is_not_gone_back_to(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS, lambda version: version.name != "v2")
    assert states(engine) == [VersionState.CHAMPION, VersionState.RETIRED, VersionState.REJECTED]


def test_with_every_version_before_it_damaged_a_champion_stays(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS, lambda _: False)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION]
    assert ActionKind.ANNOUNCE not in given.values(engine, Action.kind)
