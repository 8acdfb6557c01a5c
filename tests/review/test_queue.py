"""The queue's orders and filters, its pages by key, and who may decide what."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.dialects import postgresql

from review.queue import PAGE_SIZE
from storage.session import transaction
from storage.views import queue
from storage.views.queue import Order, QueueQuery, Show
from tests.review.queue import aside, page, report, scored
from tests.storage import given

pytestmark = pytest.mark.stories

# Orders and pages


@pytest.mark.parametrize("order", list(Order))
def test_pages_by_key_are_the_whole_in_its_order(engine: Engine, order: Order) -> None:
    made = scored(engine, 0.9, 0.6, 0.6, 0.55, 0.99, 0.7, 0.6)
    for row in range(1, 8):
        report(engine, row, row % 3 + 1)
    whole = page(engine, order=order)
    assert sorted(whole) == made
    paged: list[int] = []
    while cards := page(engine, 2, paged[-1] if paged else None, order=order):
        paged += cards
    assert paged == whole


def test_the_doubtful_come_first_where_doubt_is_asked_for(engine: Engine) -> None:
    first, second, third = scored(engine, 0.9, 0.52, 0.7)
    assert page(engine, order=Order.DOUBT) == [second, third, first]


def test_the_most_reported_come_first_flagged_or_not(engine: Engine) -> None:
    flagged, ham, _ = scored(engine, 0.9, 0.1, 0.1)
    report(engine, 1, 1)
    report(engine, 2, 3)
    assert page(engine, order=Order.REPORTED) == [ham, flagged]


# Filters


def test_filters_narrow_to_what_they_say(engine: Engine) -> None:
    one, two, three = scored(engine, 0.9, 0.9, 0.9)
    assert page(engine, chat=2) == [two]
    assert page(engine, chats=(1,)) == [three, one]
    assert page(engine, chats=()) == []
    assert page(engine, search="word3") == [three]
    assert page(engine, search="ann") == [three, two, one]
    assert page(engine, search="100% nothing_") == []
    assert page(engine, model="v1") == [three, two, one]
    assert page(engine, model="v9") == []
    report(engine, 2, 1)
    assert page(engine, reported=True) == [two]
    assert page(engine, edited=True) == []


def test_a_disagreement_with_the_shadow_is_a_filter(engine: Engine) -> None:
    made = scored(engine, 0.9, 0.9)
    assert page(engine, differs=True) == []
    given.shadowed(engine, given.in_shadow(engine), 0.1)
    assert page(engine, differs=True) == made[::-1]
    assert page(engine, show=Show.DISAGREEMENTS) == made[::-1]


def test_each_state_has_its_queue(engine: Engine) -> None:
    spam, other, disputed, ham = scored(engine, 0.9, 0.9, 0.9, 0.1)
    given.corrected(engine, spam, "web:ann", True)
    aside(engine, other)
    given.corrected(engine, disputed, "web:ann", True)
    given.corrected(engine, disputed, "web:bob", False)
    assert page(engine) == [disputed]
    assert page(engine, show=Show.DISPUTED) == [disputed]
    assert page(engine, show=Show.DECIDED) == [other, spam]
    assert page(engine, show=Show.ALL) == [disputed, other, spam]
    assert page(engine, show=Show.EVERYTHING) == [ham, disputed, other, spam]


MANY = """INSERT INTO messages (chat_id, message_id, edit, author_name, text, sent_at, received_at, state, attempts)
    SELECT 1, 1000 + n, 0, '', md5(n::text), now(), now(), 'ham', 0 FROM generate_series(1, 5000) n"""
JUDGED = """INSERT INTO verdicts (message_id, edit, model_version_id, score, review_threshold, act_threshold, is_spam, created_at)
    SELECT id, 0, (SELECT max(id) FROM model_versions), 0.1, 0.5, 0.9, false, now() FROM messages WHERE message_id > 1000"""
PLANS = [
    ({"order": Order.NEWEST}, "ix_verdicts_spam"),
    ({"order": Order.DOUBT}, "ix_verdicts_spam_doubt"),
    ({"order": Order.DOUBT, "show": Show.EVERYTHING}, "ix_verdicts_doubt"),
    ({"search": "word7 number", "show": Show.EVERYTHING}, "ix_messages_words"),
]


@pytest.mark.parametrize(("asked", "index"), PLANS)
def test_a_page_is_read_from_an_index_and_sorts_nothing(
    postgresql_engine: Engine, asked: dict[str, object], index: str
) -> None:
    scored(postgresql_engine, *([0.9, 0.1] * 20))
    with transaction(postgresql_engine) as session:
        for statement in (MANY, JUDGED, "ANALYZE messages", "ANALYZE verdicts"):
            session.execute(text(statement))
        after = queue.newest(session)
        session.execute(text("SET LOCAL enable_seqscan = off"))  # forty rows are read faster without an index
        if "search" not in asked:
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
            session.execute(text("SET LOCAL enable_sort = off"))
        asks = queue.statement(session, QueueQuery(**asked), after).limit(PAGE_SIZE)  # type: ignore[arg-type]  # a parameter's dictionary
        sql = asks.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        plan = json.dumps(
            session.execute(text(f"EXPLAIN (FORMAT JSON) {str(sql).replace(':', chr(92) + ':')}")).scalar()
        )
    assert f'"Index Name": "{index}"' in plan
    assert "search" in asked or '"Node Type": "Sort"' not in plan
