"""What was learned from what, and what must be forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage.errors import UnknownCorrection
from storage.learning import erasure, snapshots, versions
from storage.learning.snapshots import Item, PresumedItem
from storage.learning.versions import NewVersion
from storage.models import (
    Action,
    ActionKind,
    Correction,
    CorrectionState,
    EarlierText,
    Message,
    ModelVersion,
    now,
)
from storage.moderation import corrections
from storage.privacy import members
from storage.session import reading, transaction
from tests.storage import given


@pytest.fixture
def said(engine: Engine) -> int:
    """An accepted correction of the first message."""
    return given.corrected(engine, given.verdict(engine, given.version(engine)), "ann", True)


def learned(engine: Engine, *correction_ids: int) -> None:
    """A version that learned from these."""
    items = [Item(correction_id, False, "f" * 64, True, 1.0) for correction_id in correction_ids]
    with transaction(engine) as session:
        kept = snapshots.store(session, "a" * 64, "b" * 64, {"learned": len(items)}, items)
        versions.register(session, NewVersion("v2", 0.5, 0.9, "a" * 64, {}, snapshot_id=kept))


def test_a_snapshot_comes_back_as_it_was_stored(engine: Engine, said: int) -> None:
    item = Item(said, True, "f" * 64, False, 0.25)
    with transaction(engine) as session:
        kept = snapshots.store(session, "a" * 64, "b" * 64, {}, [item])
    with reading(engine) as session:
        assert snapshots.items(session, kept) == [item]


def test_a_correction_that_is_withdrawn_is_not_learned_from_again(engine: Engine, said: int) -> None:
    with transaction(engine) as session:
        corrections.withdraw(session, said, "ann")
        assert corrections.accepted(session) == []


def test_nobody_withdraws_what_another_said(engine: Engine, said: int) -> None:
    with transaction(engine) as session, pytest.raises(UnknownCorrection):
        corrections.withdraw(session, said, "bob")


def test_when_one_of_two_who_disagree_withdraws_the_other_is_learned_from(engine: Engine, said: int) -> None:
    other = given.corrected(engine, given.values(engine, Correction.verdict_id)[0], "bob", False)
    with transaction(engine) as session:
        assert corrections.accepted(session) == []
        corrections.withdraw(session, other, "bob")
        assert [c.correction_id for c in corrections.accepted(session)] == [said]


def test_what_was_erased_while_a_run_went_on_marks_its_version(engine: Engine, said: int) -> None:
    with transaction(engine) as session:
        erasure.erase(session, [1])
        kept = snapshots.store(session, "a" * 64, "b" * 64, {}, [Item(said, False, "f" * 64, True, 1.0)])
        version = versions.register(session, NewVersion("v2", 0.5, 0.9, "a" * 64, {}, snapshot_id=kept))
        erasure.mark_erased(session, version)
    assert given.values(engine, ModelVersion.erased_texts) == [0, 1]


def test_a_version_that_measured_with_an_erased_text_has_not_learned_it(engine: Engine, said: int) -> None:
    with transaction(engine) as session:
        kept = snapshots.store(session, "a" * 64, "b" * 64, {}, [Item(said, True, "f" * 64, True, 1.0)])
        versions.register(session, NewVersion("v2", 0.5, 0.9, "a" * 64, {}, snapshot_id=kept))
        assert erasure.erase(session, [1]) == 0


def test_an_erased_message_loses_its_texts_and_name_and_keeps_its_counts(engine: Engine, said: int) -> None:
    given.received(engine, given.edited("buy later"))
    with transaction(engine) as session:
        erasure.erase(session, [1])
    assert given.values(engine, Message.text) == given.values(engine, EarlierText.text) == [""]
    assert given.values(engine, Message.author_name) == [""]
    assert given.values(engine, Correction.state) == [CorrectionState.ERASED]
    with reading(engine) as session:
        assert corrections.accepted(session) == []


def test_a_version_that_learned_from_erased_text_is_marked(engine: Engine, said: int) -> None:
    learned(engine, said)
    with transaction(engine) as session:
        assert erasure.erase(session, [1]) == 1
    assert given.values(engine, ModelVersion.erased_texts) == [0, 1]


def test_many_messages_are_erased_together_and_an_unknown_one_is_passed_over(engine: Engine) -> None:
    model = given.version(engine)
    for row in (1, 2, 3):
        given.verdict(engine, model, given.incoming(f"text {row}", row), 0.1)
    with transaction(engine) as session:
        assert erasure.erase(session, [1, 3, 99]) == 0
    assert given.values(engine, Message.text) == ["", "text 2", ""]
    assert given.values(engine, Message.author_name) == ["", "Ann", ""]
    assert given.values(engine, Message.author_id) == [None, 7, None]


def test_old_texts_go_and_decided_ones_stay_without_their_author(engine: Engine) -> None:
    model = given.version(engine)
    decided = given.verdict(engine, model, given.incoming("buy now", 1))
    given.verdict(engine, model, given.incoming("my secret", 2), 0.1)
    given.corrected(engine, decided, "telegram:1", True)
    given.passed(engine, "messages", "received_at")  # an hour ago
    given.verdict(engine, model, given.incoming("just now", 3), 0.1)
    with transaction(engine) as session:
        assert erasure.expire(session, days=1.0) == 0
        assert erasure.expire(session, days=0.5 / 24) == 2
        assert erasure.expire(session, days=0.5 / 24) == 0
    assert given.values(engine, Message.text) == ["buy now", "", "just now"]
    assert given.values(engine, Message.author_name) == ["", "", "Ann"]
    assert given.values(engine, Message.author_id) == [7, None, 7], "a ban is asked for, and has to fall on somebody"
    with transaction(engine) as session:
        session.execute(update(Action).where(Action.kind == ActionKind.BAN).values(until=now() - timedelta(hours=1)))
        assert erasure.erase_unneeded_authors(session) == 1
    assert given.values(engine, Message.author_id) == [None, None, 7]
    with reading(engine) as session:
        assert [correction.text for correction in corrections.accepted(session)] == ["buy now"]


# Presumed ham


def presumed_by(engine: Engine, *items: PresumedItem, name: str = "v2") -> int:
    """The snapshot of a version that saw these."""
    with transaction(engine) as session:
        kept = snapshots.store(session, "a" * 64, "b" * 64, {}, [], items)
        version = versions.register(session, NewVersion(name, 0.5, 0.9, "a" * 64, {}, snapshot_id=kept))
        erasure.mark_erased(session, version)
        return kept


LEARNED, MEASURED = PresumedItem(1, 0, False, "f" * 64, 0.5), PresumedItem(1, 0, True, "f" * 64, 0.5)


@pytest.fixture
def ham(engine: Engine) -> int:
    """A message that was judged ham."""
    return given.verdict(engine, given.version(engine), given.incoming("see you"), 0.1)


def test_presumed_ham_comes_back_as_it_was_stored_with_the_words_of_that_edit(engine: Engine, ham: int) -> None:
    kept = presumed_by(engine, LEARNED)
    given.received(engine, given.edited("see you not"))
    with reading(engine) as session:
        assert snapshots.presumed_items(session, kept) == [(LEARNED, "see you", 1)]


def test_a_text_that_was_learned_as_presumed_ham_is_a_text_the_version_knows(engine: Engine, ham: int) -> None:
    presumed_by(engine, LEARNED)
    presumed_by(engine, MEASURED, name="v3")
    with reading(engine) as session:
        learned, measured = (snapshots.texts_learned(session, versions.named(session, name)) for name in ("v2", "v3"))
    assert (learned, measured) == ({"f" * 64}, set())


def test_a_version_that_learned_a_forgotten_members_message_is_marked_and_one_that_measured_is_not(
    engine: Engine, ham: int
) -> None:
    presumed_by(engine, LEARNED)
    presumed_by(engine, MEASURED, name="v3")
    with transaction(engine) as session:
        assert members.forget(session, 7) == 1
    assert given.values(engine, ModelVersion.erased_texts) == [0, 1, 0]


def test_retention_takes_presumed_ham_too_and_marks_who_learned_it(engine: Engine, ham: int) -> None:
    presumed_by(engine, LEARNED)
    given.passed(engine, "messages", "received_at")
    with transaction(engine) as session:
        assert erasure.expire(session, days=0.5 / 24) == 1
    assert given.values(engine, ModelVersion.erased_texts) == [0, 1]


def test_what_was_erased_while_a_run_learned_it_as_presumed_ham_marks_its_version(engine: Engine, ham: int) -> None:
    with transaction(engine) as session:
        erasure.erase(session, [1])
    presumed_by(engine, LEARNED)
    assert given.values(engine, ModelVersion.erased_texts) == [0, 1]
