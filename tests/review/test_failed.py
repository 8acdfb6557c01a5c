"""Messages that could not be judged have a tab of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.errors import UnknownMessage
from storage.models import Action, ActionKind, AuditEntry, Chat, Message, MessageState
from storage.moderation import failed, inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import transaction
from storage.views import messages
from tests.review.site import Site
from tests.storage import given

pytestmark = pytest.mark.stories


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def row(engine: Engine) -> int:
    """A message of a group that broke the classifier."""
    model = given.version(engine)
    [row] = given.received(engine, given.incoming("a text that breaks"))
    with transaction(engine) as session:
        holder, [claimed] = inbox.claim(session, 1, 30)
        broken = Judgement(claimed.id, claimed.edit, None, MessageState.FAILED, "MemoryError: too much of it")
        inbox.record(session, holder, ScoringVersion(model.id, 0.5, 0.9), [broken])
    return row


def test_the_tab_shows_what_failed_and_why(site: Site, row: int) -> None:
    shown = site.get("/review?show=failed").text
    assert "a text that breaks" in shown
    assert "MemoryError: too much of it" in shown
    assert 'href="/review?show=failed"' in site.get("/review").text


def test_it_can_be_judged_again(site: Site, engine: Engine, row: int) -> None:
    assert site.post(f"/review/failed/{row}/again").status_code == 303
    assert given.values(engine, Message.state) == [MessageState.PENDING]
    assert "Nothing failed" in site.get("/review?show=failed").text


def test_spam_is_deleted_and_its_author_banned(site: Site, engine: Engine, row: int) -> None:
    assert site.post(f"/review/failed/{row}", is_spam="true").status_code == 303
    assert given.values(engine, Message.state) == [MessageState.SPAM]
    assert set(given.values(engine, Action.kind)) == {ActionKind.DELETE, ActionKind.BAN}
    assert "spam (never judged)" in given.values(engine, AuditEntry.detail)


def test_what_is_not_spam_leaves_the_tab_and_nothing_is_done(site: Site, engine: Engine, row: int) -> None:
    site.post(f"/review/failed/{row}", is_spam="false")
    assert given.values(engine, Message.state) == [MessageState.HAM]
    assert given.values(engine, Action.kind) == []


def test_it_is_decided_once(site: Site, row: int) -> None:
    site.post(f"/review/failed/{row}", is_spam="false")
    assert site.post(f"/review/failed/{row}", is_spam="true").status_code == 404


def test_moderators_see_and_decide_those_of_their_own_groups(engine: Engine, row: int) -> None:
    [own] = given.values(engine, Chat.id)
    with transaction(engine) as session:
        assert [heard.id for heard in messages.page(session, 10, None, MessageState.FAILED, (own,))] == [row]
        assert messages.page(session, 10, None, MessageState.FAILED, (own + 1,)) == []
        with pytest.raises(UnknownMessage):
            failed.judge_again(session, row, (own + 1,))
