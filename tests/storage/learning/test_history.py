"""A chat's past is brought in once, judged by nobody, and acted on never."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from storage import history
from storage.access import chats
from storage.errors import AnotherGroup, NotAnExport
from storage.exported import LeftOut
from storage.history import Report
from storage.learning import erasure, snapshots
from storage.models import Chat, Join, Message, MessageState, Mode, Order, OrderKind, Verdict
from storage.moderation import inbox, orders, reports
from storage.moderation.orders import Command
from storage.moderation.reports import Outcome
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given
from tests.storage.exports import NOON, export, in_parts, said, service

GROUP = -1_000_000_000_123


def import_chat(engine: Engine, whole: bytes, on_page: Callable[[Report], None] = lambda _: None) -> Report:
    return history.import_chat(engine, in_parts(whole), on_page)


def states(engine: Engine) -> list[MessageState]:
    return given.values(engine, Message.state)


def test_what_was_said_is_stored_as_history_of_its_group(engine: Engine) -> None:
    report = import_chat(engine, export(said(1), said(2, author=8), service(3), said(4, "")))
    assert (report.taken, report.known, report.read) == (2, 0, 4)
    assert report.left_out == {LeftOut.SERVICE: 1, LeftOut.EMPTY: 1}
    assert states(engine) == [MessageState.HISTORY] * 2
    assert given.values(engine, Chat.external_id) == [GROUP]
    with reading(engine) as session:
        assert inbox.waiting(session) == 0


def test_bringing_it_in_again_changes_nothing(engine: Engine) -> None:
    whole = export(said(1), said(1, "twice in the file"), said(2))
    import_chat(engine, whole)
    report = import_chat(engine, whole)
    assert (report.taken, report.known) == (0, 3)
    assert given.values(engine, Message.text)[0] == "what I wanted to say is 1"


def test_what_was_heard_already_stays_as_it_was_judged(engine: Engine) -> None:
    model = given.version(engine)
    given.verdict(engine, model, given.incoming("as I heard it", 1, chat_external_id=GROUP))
    report = import_chat(engine, export(said(1, "as it was exported"), said(2)))
    assert (report.taken, report.known) == (1, 1)
    assert states(engine) == [MessageState.SPAM, MessageState.HISTORY]
    assert given.values(engine, Message.text)[0] == "as I heard it"


def test_many_pages_are_told_one_after_the_other(engine: Engine) -> None:
    seen: list[int] = []
    import_chat(engine, export(*(said(number) for number in range(1, 1_203))), lambda report: seen.append(report.read))
    assert seen == [500, 1_000, 1_202]
    assert count(engine, "messages") == 1_202


def test_of_an_export_that_is_cut_short_what_was_read_stays(engine: Engine) -> None:
    report = import_chat(engine, export(*(said(number) for number in range(1, 700)))[:-5_000])
    assert report.cut_short is not None
    assert "cut short" in report.cut_short
    assert 600 < report.taken == count(engine, "messages") < 700


def test_what_is_no_export_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(NotAnExport):
        import_chat(engine, export(kind="personal_chat"))
    assert count(engine, "chats") == 0


def test_the_export_of_another_group_than_was_asked_for_leaves_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        other = chats.on_telegram(session, -5, "other people")
    with pytest.raises(AnotherGroup, match="'a group', not of 'other people'"):
        history.import_chat(engine, in_parts(export(said(1))), only=other)
    assert count(engine, "messages") == 0


def test_who_wrote_enough_is_in_good_standing_from_then_on(engine: Engine) -> None:
    regular, guest = ([said(10 * a + i, author=a) for i in range(n)] for a, n in ((7, 5), (8, 4)))
    assert import_chat(engine, export(*regular, *guest)).in_good_standing == 1


def test_history_had_stood_for_two_days_when_it_is_older_than_the_newest_message_by_that(engine: Engine) -> None:
    newest = datetime.fromtimestamp(NOON, UTC) + timedelta(minutes=9)
    import_chat(engine, export(said(9), said(2)))
    assert given.values(engine, Chat.history_settled_until) == [newest - timedelta(days=2)]
    import_chat(engine, export(said(3)))
    assert given.values(engine, Chat.history_settled_until) == [newest - timedelta(days=2)], "an older export"


def test_a_message_of_the_future_settles_nothing_that_is_younger_than_two_days(engine: Engine) -> None:
    import_chat(engine, export(said(1, date_unixtime="9999999999")))
    [settled] = given.values(engine, Chat.history_settled_until)
    assert settled < datetime.now(UTC) - timedelta(days=1)


def test_history_is_no_traffic_that_a_shadow_could_judge(engine: Engine) -> None:
    import_chat(engine, export(said(1)))
    with reading(engine) as session:
        assert snapshots.count_received_since(session, datetime(2000, 1, 1, tzinfo=UTC)) == 0


def test_a_text_that_was_forgotten_does_not_come_back(engine: Engine) -> None:
    import_chat(engine, export(said(1)))
    with transaction(engine) as session:
        erasure.erase(session, [1])
    import_chat(engine, export(said(1)))
    assert given.values(engine, Message.text) == [""]


def test_who_joined_in_the_last_month_is_remembered_as_a_newcomer(engine: Engine) -> None:
    lately = int((datetime.now(UTC) - timedelta(days=3)).timestamp())
    joins = [
        service(2, "join_group_by_link", actor_id="user8"),
        service(3, "join_group_by_request", actor_id="user9", date_unixtime=str(lately)),
    ]
    whole = export(said(1), *joins, joins[1])
    import_chat(engine, whole)
    import_chat(engine, whole)
    assert given.values(engine, Join.user_id) == [9]


# What becomes of it when somebody speaks of it


@pytest.fixture
def brought(engine: Engine) -> Iterable[int]:
    """One message of history; in its group everything is judged and nothing is done."""
    import_chat(engine, export(said(1, "buy now")))
    given.mode(engine, Mode.OBSERVE)
    return given.values(engine, Message.id)


def judged(engine: Engine) -> None:
    model = given.version(engine)
    given.verdict(engine, model, given.incoming("buy now", 1, chat_external_id=GROUP))


def test_a_moderators_order_has_it_judged_and_is_carried_out_then(engine: Engine, brought: list[int]) -> None:
    with transaction(engine) as session:
        assert orders.give(session, Command(brought[0], OrderKind.SPAM, "telegram:1", "Ann")) is None
    assert states(engine) == [MessageState.PENDING]
    judged(engine)
    assert given.values(engine, Order.done_at) != [None]
    assert count(engine, "corrections", "is_spam") == 1


def test_enough_reports_have_it_judged(engine: Engine, brought: list[int]) -> None:
    import_chat(engine, export(*(said(10 + reporter, author=reporter) for reporter in (1, 2))))
    with transaction(engine) as session:
        session.get_one(Chat, 1).standing_after = 1
    for reporter, outcome in ((1, Outcome.COUNTED), (2, Outcome.SHOWN)):
        with transaction(engine) as session:
            assert reports.report(session, brought[0], reporter) == outcome
    assert states(engine) == [MessageState.PENDING, MessageState.HISTORY, MessageState.HISTORY]
    judged(engine)
    assert count(engine, "actions", "kind = 'notify'") == 1


def test_its_edit_is_judged_as_any_is(engine: Engine, brought: list[int]) -> None:
    given.received(engine, given.incoming("buy later", 1, chat_external_id=GROUP, edited_at=datetime.now(UTC)))
    assert states(engine) == [MessageState.PENDING]
    judged(engine)
    assert given.values(engine, Verdict.edit) == [1]


def test_the_past_of_a_group_that_moved_since_is_its_supergroups_and_takes_no_number_there(engine: Engine) -> None:
    given.received(engine, given.incoming("said in the supergroup", 1, chat_external_id=GROUP))
    with transaction(engine) as session:
        chats.move_group(session, -123, GROUP)
    report = import_chat(engine, export(said(1), kind="private_group"))
    assert (report.taken, report.known) == (1, 0)
    assert given.values(engine, Chat.external_id) == [GROUP]
    assert sorted(given.values(engine, Message.message_id)) == [1 - 1_000_000_000, 1]
