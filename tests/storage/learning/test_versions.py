"""Model versions: one champion at a time, one in shadow."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from storage.errors import UnknownVersion
from storage.learning import versions
from storage.models import ModelVersion, VersionState
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.learning.serving import champion, fallbacks, promote, row, shadow


def test_a_registered_version_is_a_challenger(engine: Engine) -> None:
    assert given.version(engine, promoted=False).state == VersionState.CHALLENGER
    assert champion(engine) is None


def test_promotion_retires_the_champion_before(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)
    assert champion(engine) == "v2"
    assert given.values(engine, ModelVersion.state) == [VersionState.RETIRED, VersionState.CHAMPION]


def test_promotion_says_when_and_by_whom(engine: Engine) -> None:
    promoted = given.version(engine)
    assert promoted.promoted_by == "a test"
    assert promoted.promoted_at is not None


def test_promoting_the_champion_again_changes_nothing(engine: Engine) -> None:
    first = given.version(engine).promoted_at
    promote(engine, "v1")
    assert given.values(engine, ModelVersion.promoted_at) == [first]


def test_a_retired_version_can_be_promoted_again(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)
    promote(engine, "v1")
    assert champion(engine) == "v1"
    assert fallbacks(engine) == ["v2"]


def test_an_unknown_version_is_not_promoted(engine: Engine) -> None:
    given.version(engine)
    with pytest.raises(UnknownVersion, match="no model version 'v9'"):
        promote(engine, "v9")
    assert champion(engine) == "v1"


def test_the_database_refuses_a_second_champion(engine: Engine) -> None:
    given.version(engine)
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(row(name="v2", state=VersionState.CHAMPION))


def test_the_database_refuses_a_second_version_of_a_name(engine: Engine) -> None:
    given.version(engine)
    with pytest.raises(IntegrityError):
        given.version(engine, "v1", promoted=False)


def test_many_versions_may_be_retired(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add_all(row(name=name, state=VersionState.RETIRED) for name in ("v1", "v2"))
    assert given.values(engine, ModelVersion.state) == [VersionState.RETIRED, VersionState.RETIRED]


def test_the_next_number_is_unused(engine: Engine) -> None:
    with reading(engine) as session:
        assert versions.next_number(session) == 1
    given.version(engine)
    with reading(engine) as session:
        assert versions.next_number(session) == 2


# In shadow


def test_the_shadow_is_the_version_in_that_state(engine: Engine) -> None:
    given.version(engine, "v1")
    given.version(engine, "v3", promoted=False)
    assert shadow(engine) is None
    given.in_shadow(engine, "v2")
    assert (champion(engine), shadow(engine)) == ("v1", "v2")


def test_a_promoted_shadow_is_in_shadow_no_more(engine: Engine) -> None:
    given.version(engine, "v1")
    given.in_shadow(engine, "v2")
    promote(engine, "v2")
    assert (champion(engine), shadow(engine)) == ("v2", None)


def test_the_database_refuses_a_second_shadow(engine: Engine) -> None:
    given.in_shadow(engine, "v1")
    with pytest.raises(IntegrityError):
        given.in_shadow(engine, "v2")


# At once


def test_of_two_promotions_at_once_the_later_retires_the_earlier_on_postgresql(postgres_engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(postgres_engine, name, promoted=name == "v1")
    together = threading.Barrier(2)

    def work(name: str) -> None:
        with transaction(postgres_engine) as session:
            versions.named(session, "v1")  # as it was before the other's promotion
            together.wait()
            versions.promote(session, name, "a test")

    threads = [threading.Thread(target=work, args=(name,)) for name in ("v2", "v3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = given.values(postgres_engine, ModelVersion.state)
    assert states[0] == VersionState.RETIRED
    assert sorted(states[1:]) == [VersionState.CHAMPION, VersionState.RETIRED]


def test_while_one_is_promoted_verdicts_of_the_others_are_stored_on_postgresql(postgres_engine: Engine) -> None:
    first = given.version(postgres_engine)
    given.version(postgres_engine, "v2", promoted=False)
    stored: list[int] = []
    judging = threading.Thread(target=lambda: stored.append(given.verdict(postgres_engine, first, given.incoming())))
    with transaction(postgres_engine) as session:
        versions.lock(session)
        judging.start()
        judging.join(10)
        assert stored, "the verdict waits for the promotion"
    judging.join()
