"""The queue's orders and filters, its pages by key, and who may decide what."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.dialects import postgresql

from review.queue import PAGE_SIZE
from storage.errors import UnknownVerdict
from storage.models import Action, ActionKind, ActionState, Correction, CorrectionState, Report
from storage.queries import cards, corrections, queue
from storage.queries.corrections import Decision
from storage.queries.queue import Order, Show, Wanted
from storage.session import reading, transaction
from tests.review.site import Site
from tests.storage import given

pytestmark = pytest.mark.stories


def page(engine: Engine, limit: int = 50, after: int | None = None, **asked: object) -> list[int]:
    with reading(engine) as session:
        return queue.page(session, Wanted(**asked), limit, after)  # type: ignore[arg-type]  # as the test names them


def scored(engine: Engine, *scores: float) -> list[int]:
    model = given.version(engine)
    return [
        given.verdict(engine, model, given.incoming(f"word{i} number {i}", i, chat_external_id=-i % 2 - 5), score)
        for i, score in enumerate(scores, start=1)
    ]


def report(engine: Engine, message_row: int, n: int) -> None:
    with transaction(engine) as session:
        session.add_all(Report(message_id=message_row, reporter_id=i) for i in range(n))


def aside(engine: Engine, verdict: int, who: str = "web:ann") -> None:
    with transaction(engine) as session:
        corrections.correct(session, Decision(verdict, who, who, False, is_aside=True))


# Orders and pages


@pytest.mark.parametrize("order", list(Order))
def test_pages_by_key_are_the_whole_in_its_order(engine: Engine, order: Order) -> None:
    made = scored(engine, 0.9, 0.6, 0.6, 0.55, 0.99, 0.7, 0.6)
    for row in range(1, 8):
        report(engine, row, row % 3 + 1)
    whole = page(engine, order=order)
    assert sorted(whole) == made
    paged: list[int] = []
    while found := page(engine, 2, paged[-1] if paged else None, order=order):
        paged += found
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
        asks = queue.statement(session, Wanted(**asked), after).limit(PAGE_SIZE)  # type: ignore[arg-type]  # a parameter's dictionary
        sql = asks.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        plan = json.dumps(
            session.execute(text(f"EXPLAIN (FORMAT JSON) {str(sql).replace(':', chr(92) + ':')}")).scalar()
        )
    assert f'"Index Name": "{index}"' in plan
    assert "search" in asked or '"Node Type": "Sort"' not in plan


# Settling, taking back


def test_what_is_set_aside_is_settled_and_taught_to_nobody(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    aside(engine, verdict)
    aside(engine, verdict)
    assert given.values(engine, Correction.state) == [CorrectionState.SET_ASIDE]
    with reading(engine) as session:
        assert corrections.accepted(session) == []
    given.corrected(engine, verdict, "web:ann", True)
    assert given.values(engine, Correction.state) == [CorrectionState.REPLACED, CorrectionState.ACCEPTED]


def test_taking_back_undoes_what_was_done_and_opens_the_item(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    given.corrected(engine, verdict, "web:ann", True)
    with transaction(engine) as session:
        corrections.take_back(session, verdict, "web:ann")
    assert page(engine) == [verdict]
    with reading(engine) as session:
        left = {action.kind: action.state for action in session.scalars(select(Action))}
    assert left[ActionKind.BAN] == left[ActionKind.DELETE] == ActionState.CANCELLED


def test_taking_back_settles_a_dispute(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    for who, is_spam in (("web:ann", True), ("web:bob", False)):
        given.corrected(engine, verdict, who, is_spam)
    with transaction(engine) as session:
        corrections.take_back(session, verdict, "web:bob")
        assert corrections.take_back(session, verdict, "web:eve") is None
    assert given.values(engine, Correction.state) == [CorrectionState.ACCEPTED, CorrectionState.WITHDRAWN]


def test_a_card_of_another_chat_is_unknown(engine: Engine) -> None:
    [verdict] = scored(engine, 0.9)
    with reading(engine) as session:
        assert cards.one(session, verdict, (1,)).item.verdict_id == verdict
        with pytest.raises(UnknownVerdict):
            cards.one(session, verdict, (2,))


# The page


def test_a_bulk_decision_goes_back_to_the_same_filters(site: Site) -> None:
    made = scored(site.engine, 0.9, 0.9)
    answer = site.post("/review/bulk", verdict_ids=made, is_spam="true", back="show=all&order=doubt&q=word&evil=1")
    assert answer.headers["location"] == "/review?show=all&order=doubt&q=word"
    assert given.values(site.engine, Correction.is_spam) == [True, True]


def test_other_and_undo_need_no_script(site: Site) -> None:
    [verdict] = scored(site.engine, 0.9)
    site.post(f"/review/{verdict}", aside="true")
    assert given.values(site.engine, Correction.state) == [CorrectionState.SET_ASIDE]
    site.post(f"/review/{verdict}/undo")
    assert given.values(site.engine, Correction.state) == [CorrectionState.WITHDRAWN]


def test_near_duplicates_stand_together_and_are_decided_together(site: Site) -> None:
    model = given.version(site.engine)
    for i in range(3):
        text_of_it = f"Earn {i}00 dollars a day from your home, write to me"
        given.verdict(site.engine, model, given.incoming(text_of_it, i))
    shown = site.get("/review").text
    assert "3 alike" in shown
    also = re.findall(r'name="also" value="(\d+)"', shown)
    site.post("/review/3", is_spam="true", also=also)
    assert given.values(site.engine, Correction.is_spam) == [True] * 3


def test_what_hides_is_made_visible(site: Site) -> None:
    given.verdict(site.engine, given.version(site.engine), given.incoming("fr\u0435e b\u200bit"))
    shown = site.get("/review").text
    assert "U+200B" in shown
    assert "<mark>fr\u0435e</mark>" in shown


def test_an_item_shows_what_was_said_around_it(site: Site) -> None:
    made = scored(site.engine, 0.1, 0.9)
    given.received(site.engine, given.incoming("before it", 0, chat_external_id=-5 - 0))
    shown = site.get(f"/review/{made[1]}/details").text
    assert "before it" in shown


@pytest.mark.parametrize("query", ["order=x&show=y&chat=z&before=-1", "chat=9999999999999999999&before=1e9", "q=%00"])
def test_a_nonsense_address_is_the_usual_queue(site_on_both: Site, query: str) -> None:
    assert site_on_both.get(f"/review?{query}").status_code == 200
