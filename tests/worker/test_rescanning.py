"""Old messages looked at again by the version that serves: a list first, verdicts only if somebody wants them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from storage.access import audit
from storage.errors import RescanOutdated, UnknownRescan, UnsuitableSetting
from storage.learning import versions
from storage.models import (
    ActionKind,
    Message,
    MessageState,
    Mode,
    ModelVersion,
    Rescan,
    RescanHit,
    RuleEffect,
    RuleKind,
    Verdict,
    now,
)
from storage.moderation import rescan_flags, rescans
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.moderation.rescan_flags import Flags
from storage.session import reading, transaction
from tests import tiny
from tests.conftest import AddVersion
from tests.storage import given
from worker import rescanning
from worker.champion import Champion
from worker.models import Serving


@pytest.fixture
def before(engine: Engine) -> ModelVersion:
    """The version that judged three messages ham."""
    version = given.version(engine, "v1")
    for n in (1, 2, 3):
        given.verdict(engine, version, given.incoming(f"cheap flats {n}", n), 0.1)
    return version


@pytest.fixture
def serving(engine: Engine, before: ModelVersion, add_version: AddVersion, champion: Champion) -> Serving:
    """A version that flags everything."""
    return serve(engine, add_version, champion, "v2")


def promote(engine: Engine, name: str) -> None:
    with transaction(engine) as session:
        versions.promote(session, name, "a test")


def serve(engine: Engine, add_version: AddVersion, champion: Champion, name: str) -> Serving:
    add_version(engine, name, made=tiny.checkpoint(review=0.0))
    current = champion.current()
    assert current is not None
    return current


def requested(engine: Engine, days: int = 7) -> int:
    with transaction(engine) as session:
        return rescans.request(session, 1, days, "web:ann").id


def look(engine: Engine, serving: Serving, size: int = 32) -> int:
    """How many slices there were."""
    slices = 1
    while rescanning.advance(engine, serving, size):
        slices += 1
    return slices


def hits(engine: Engine) -> list[int]:
    return given.values(engine, RescanHit.message_id)


def flag(engine: Engine, rescan_id: int, acts: bool = False) -> Flags:
    with transaction(engine) as session:
        return rescan_flags.flag(session, 1, rescan_id, "web:ann", acts=acts)


def test_what_would_be_flagged_now_is_listed_and_nothing_changes(engine: Engine, serving: Serving) -> None:
    rescan_id = requested(engine)
    look(engine, serving)
    with reading(engine) as session:
        rows = rescan_flags.listed(session, rescan_id)
        assert {row.message.message_id for row in rows} == {1, 2, 3}
        assert session.get_one(Rescan, rescan_id).scanned == 3
    assert set(given.values(engine, Message.state)) == {MessageState.HAM}
    assert len(given.values(engine, Verdict.id)) == 3


def test_slices_are_no_larger_than_a_batch(engine: Engine, serving: Serving) -> None:
    requested(engine)
    assert look(engine, serving, size=2) == 3  # two messages, one, and none
    assert hits(engine) == [1, 2, 3]


def test_live_messages_go_first(engine: Engine, serving: Serving) -> None:
    requested(engine)
    given.received(engine, given.incoming("hello", 4))
    assert not rescanning.advance(engine, serving, 32)
    assert given.values(engine, Rescan.scanned) == [0]


def test_one_press_flags_exactly_the_list(engine: Engine, serving: Serving, before: ModelVersion) -> None:
    rescan_id = requested(engine)
    look(engine, serving)
    given.corrected(engine, 1, "telegram:7", is_spam=False)
    flags = flag(engine, rescan_id)
    with reading(engine) as session:
        verdicts = session.scalars(select(Verdict).where(Verdict.id.in_(flags.verdict_ids))).all()
        assert {(verdict.message_id, verdict.model_version_id, verdict.is_spam) for verdict in verdicts} == {
            (2, serving.version_id, True),
            (3, serving.version_id, True),
        }
        assert {"the last 7 days", "flagged 2 as v2 sees them"} <= {
            entry.detail for entry, _ in audit.page(session, None)
        }
    assert given.values(engine, Message.state) == [MessageState.HAM, MessageState.SPAM, MessageState.SPAM]
    assert given.kinds(engine) == [ActionKind.AMEND]  # of the decision before
    with pytest.raises(UnknownRescan):
        flag(engine, rescan_id)


@pytest.mark.parametrize(
    ("mode", "kinds"),
    [
        (Mode.TRAINING, {ActionKind.NOTIFY}),
        (Mode.ENFORCE, {ActionKind.NOTIFY, ActionKind.DELETE, ActionKind.BAN}),
    ],
)
def test_the_chats_mode_is_followed_where_that_was_ticked(
    engine: Engine, serving: Serving, mode: Mode, kinds: set[ActionKind]
) -> None:
    given.mode(engine, mode)
    rescan_id = requested(engine)
    look(engine, serving)
    with transaction(engine) as session:
        session.execute(update(RescanHit).values(act_threshold=0.0))
    flag(engine, rescan_id, acts=True)
    assert set(given.kinds(engine)) == kinds


def test_what_is_decided_edited_old_or_allowed_by_a_rule_is_left_out(engine: Engine, serving: Serving) -> None:
    given.corrected(engine, 1, "telegram:7", is_spam=False)
    with transaction(engine) as session:
        old = now() - timedelta(days=8)
        session.execute(update(Message).where(Message.id == 2).values(received_at=old))
        rules.add(session, 1, [NewRule(RuleKind.WORDS, RuleEffect.ALLOW, "flats 3")], "web:ann")
    requested(engine)
    look(engine, serving)
    assert hits(engine) == []


def test_an_edit_after_the_list_is_not_flagged_unread(engine: Engine, serving: Serving) -> None:
    rescan_id = requested(engine)
    look(engine, serving)
    given.received(engine, given.edited("something else", 2))
    assert len(flag(engine, rescan_id).verdict_ids) == 2


def test_its_own_verdicts_from_the_shadow_give_way(
    engine: Engine, before: ModelVersion, add_version: AddVersion, champion: Champion
) -> None:
    shadow = add_version(engine, "v2", promoted=False, made=tiny.checkpoint(review=0.0))
    given.in_shadow(engine, "v2")
    given.shadowed(engine, shadow, 0.9)
    promote(engine, "v2")
    current = champion.current()
    assert current is not None
    rescan_id = requested(engine)
    look(engine, current)
    assert len(flag(engine, rescan_id).verdict_ids) == 3
    assert given.values(engine, Verdict.is_shadow) == [False] * 6


def test_what_another_version_found_is_not_flagged_in_its_name(
    engine: Engine, serving: Serving, add_version: AddVersion, champion: Champion
) -> None:
    rescan_id = requested(engine)
    look(engine, serving)
    serve(engine, add_version, champion, "v3")
    with pytest.raises(RescanOutdated):
        flag(engine, rescan_id)


def test_a_promotion_on_the_way_begins_the_list_anew(
    engine: Engine, serving: Serving, add_version: AddVersion, champion: Champion
) -> None:
    requested(engine)
    rescanning.advance(engine, serving, 1)
    newer = serve(engine, add_version, champion, "v3")
    assert look(engine, newer) == 2
    assert given.values(engine, Rescan.scanned) == [3]
    assert given.values(engine, Rescan.model_version_id) == [newer.version_id]


def test_a_slice_that_takes_every_worker_down_ends_the_rescan_with_a_reason(engine: Engine, serving: Serving) -> None:
    requested(engine)
    for _ in range(rescans.MAX_ATTEMPTS + 1):
        with transaction(engine) as session:
            rescans.claim(session, serving.version_id, 32)
            session.execute(update(Rescan).values(lease_until=now() - timedelta(seconds=1)))
    [error] = given.values(engine, Rescan.error)
    assert "5 attempts" in error


def test_a_slice_under_a_lease_is_nobody_elses(engine: Engine, serving: Serving) -> None:
    requested(engine)
    with transaction(engine) as session:
        part = rescans.claim(session, serving.version_id, 32)
        assert part is not None
    with transaction(engine) as session:
        assert rescans.claim(session, serving.version_id, 32) is None


def test_one_rescan_of_a_chat_at_a_time_and_no_list_twice(engine: Engine, serving: Serving) -> None:
    first = requested(engine)
    assert requested(engine, days=30) == first
    look(engine, serving)
    assert requested(engine) != first
    assert hits(engine) == []


@pytest.mark.parametrize("days", [0, -1, 367])
def test_days_that_no_chat_has_are_refused(engine: Engine, before: ModelVersion, days: int) -> None:
    with pytest.raises(UnsuitableSetting, match="1 to 366"):
        requested(engine, days)
