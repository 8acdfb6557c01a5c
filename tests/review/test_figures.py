"""Every figure of quality leads to the messages that it counts, and the weeks add up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage.models import Verdict, now
from storage.session import reading, transaction
from storage.views import trends
from tests.review.site import Site, as_moderator, in_two_chats, verdicts
from tests.storage import given

FIGURES = [
    ("judged", 6),
    ("flagged", 3),
    ("confirmed as spam", 2),
    ("false positives", 1),
    ("missed spam found", 1),
]
SHARES = [
    ("median time to a decision", 3),
    ("precision of flags", 3),
    ("recall, from the random audit of ham", 2),
    ("spam in that audit", 2),
    ("moderators agree", 1),
    ("F1 against corrections", 5),
]


def fill(engine: Engine) -> list[int]:
    """Six verdicts: three flags, one of them wrong; three that passed, one of them spam; one from long ago."""
    model = given.version(engine)
    scores = [0.9, 0.95, 0.8, 0.1, 0.2, 0.3, 0.9]
    made = [given.verdict(engine, model, given.incoming(f"m{i}", i), s, 1.0) for i, s in enumerate(scores, 1)]
    for verdict, is_spam in zip(made[:5], [True, True, False, True, False], strict=True):
        given.corrected(engine, verdict, "web:ann", is_spam)
    given.corrected(engine, made[0], "web:bob", True)
    with transaction(engine) as session:
        session.execute(update(Verdict).where(Verdict.id == made[-1]).values(created_at=now() - timedelta(days=40)))
    return made


def link(page: str, figure: str) -> str:
    [address] = re.findall(f'<dt>{re.escape(figure)}</dt><dd><a href="([^"]*)"', page)
    return str(address).replace("&amp;", "&")


@pytest.mark.parametrize(("figure", "n"), FIGURES)
def test_a_count_leads_to_as_many_messages(site: Site, figure: str, n: int) -> None:
    fill(site.engine)
    page = site.get("/quality").text
    assert f">{n}</a></dd>" in page
    assert len(verdicts(site.get(link(page, figure)).text)) == n


@pytest.mark.parametrize(("figure", "n"), SHARES)
def test_a_share_leads_to_the_messages_it_is_a_share_of(site: Site, figure: str, n: int) -> None:
    fill(site.engine)
    assert len(verdicts(site.get(link(site.get("/quality").text, figure)).text)) == n


def test_of_one_chat_it_leads_to_that_chats_messages(site: Site) -> None:
    [mine, _] = in_two_chats(site)
    address = link(site.get("/quality?chat=1&days=30").text, "flagged")
    assert address == "/review?show=all&days=30&chat=1"
    shown = site.get(address).text
    assert verdicts(shown) == [mine]
    assert ", last 30 days" in shown


def test_a_moderator_is_led_to_nothing_of_other_chats(site: Site) -> None:
    mine, _ = in_two_chats(site)
    as_moderator(site, 1)
    assert verdicts(site.get(link(site.get("/quality").text, "judged")).text) == [mine]


def test_a_week_counts_what_was_judged_in_it_and_leads_there(site_on_both: Site) -> None:
    *_, old = fill(site_on_both.engine)
    with reading(site_on_both.engine) as session:
        weeks = trends.of(session, None)
    assert len(weeks) == trends.WEEKS
    assert [
        sum(getattr(week, name) for week in weeks) for name in ("judged", "flagged", "confirmed", "wrong", "missed")
    ] == [
        7,
        4,
        2,
        1,
        1,
    ]
    monday, _ = trends.bounds((now() - timedelta(days=40)).date())
    assert [week.judged for week in weeks if week.monday == monday.date()] == [1]
    page = site_on_both.get("/quality").text
    address = f"/review?show=all&amp;week={monday.date()}"
    assert f'href="{address}">1</a>' in page
    assert verdicts(site_on_both.get(address.replace("&amp;", "&")).text) == [old]


@pytest.mark.parametrize("period", ["days=0", "days=x", "days=99999", "week=x", "week=0001-01-01", "week=9999-12-31"])
def test_a_period_that_is_none_is_passed_over(site_on_both: Site, period: str) -> None:
    [mine, others] = in_two_chats(site_on_both)
    assert verdicts(site_on_both.get(f"/review?show=all&{period}").text) == [others, mine]
