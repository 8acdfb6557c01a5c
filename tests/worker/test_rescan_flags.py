"""What a rescan lists, flagged: exactly that, in the name of the version that looked, and acted on only if somebody wants it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from storage.access import audit
from storage.errors import RescanOutdated, UnknownRescan
from storage.models import (
    ActionKind,
    Message,
    MessageState,
    Mode,
    ModelVersion,
    RescanHit,
    Verdict,
)
from storage.session import reading, transaction
from tests import tiny
from tests.conftest import AddVersion
from tests.storage import given
from tests.worker.rescanned import flag, look, promote, requested, serve
from worker.champion import Champion
from worker.models import Serving


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
