"""A chat's banned, muted and trusted members on their page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.access import chats, trust
from storage.models import Action, ActionKind, ActionState, Chat, Mode, OrderKind, now
from storage.moderation import orders, person_orders
from storage.moderation.orders import Command
from storage.moderation.person_orders import PersonCommand
from storage.rules import FOR_GOOD, Term
from storage.session import reading, transaction
from tests.review.site import ESCAPED, EVIL, Site, as_moderator, entries, in_two_chats
from tests.storage import given

LIFTED = {ActionKind.UNBAN, ActionKind.LIFT}


@pytest.fixture
def group(site_on_both: Site) -> Site:
    """A group where Ann wrote, with a @name."""
    given.received(site_on_both.engine, given.incoming("hello", 1, author_username="ann_g"))
    return site_on_both


def performed(site: Site) -> None:
    """Every sanction that was asked for is imposed."""
    with transaction(site.engine) as session:
        for action in session.scalars(select(Action).where(Action.kind.in_((ActionKind.BAN, ActionKind.RESTRICT)))):
            word = "banned" if action.kind == ActionKind.BAN else "restricted"
            action.state, action.receipt = ActionState.DONE, {word: True, "until": None}


def commanded(site: Site, person: int, kind: OrderKind, term: Term | None) -> None:
    with transaction(site.engine) as session:
        command = PersonCommand(person, kind, term, "telegram:14", "Bob")
        person_orders.about_person(session, session.get_one(Chat, 1), command)
    performed(site)


def flagged(site: Site) -> int:
    """The verdict by which author 7 is banned."""
    given.mode(site.engine, Mode.ENFORCE)
    verdict = given.verdict(site.engine, given.version(site.engine), given.incoming("buy now", 2))
    performed(site)
    return verdict


def trusted(site: Site) -> list[int]:
    with reading(site.engine) as session:
        return [one.user_id for one in trust.every(session, 1)]


def test_who_is_sanctioned_is_listed_with_the_reason_and_the_end(group: Site) -> None:
    verdict = flagged(group)
    commanded(group, 8, OrderKind.MUTE, Term(timedelta(hours=2)))
    commanded(group, 9, OrderKind.BAN, FOR_GOOD)
    text = group.get("/chats/1/members").text
    assert "Banned and muted: 3" in text
    assert f'<a href="/review/{verdict}">flagged message</a>' in text
    assert (now() + timedelta(hours=2)).strftime("%Y-%m-%d %H:") in text
    assert "for good" in text
    assert text.count("command of Bob") == 2
    assert text.count(">Lift</button>") == 3


def test_an_order_about_a_picture_is_its_moderators(group: Site) -> None:
    [row] = given.received(group.engine, given.incoming("", 3, author_id=8))
    with transaction(group.engine) as session:
        session.get_one(orders.Message, row).state = orders.MessageState.NOTHING_TO_JUDGE
        orders.give(session, Command(row, OrderKind.BAN, "telegram:14", "Bob", Term(timedelta(days=7))))
    text = group.get("/chats/1/members").text
    assert "command of Bob" in text
    assert '<span class="badge pending">waits</span>' in text


def test_one_press_lifts_all_that_stands_on_a_member(group: Site) -> None:
    flagged(group)
    commanded(group, 7, OrderKind.MUTE, Term(timedelta(days=1)))
    group.post("/chats/1/members/7/lift")
    assert "Nobody is banned or muted here" in group.get("/chats/1/members").text
    with reading(group.engine) as session:
        waiting = session.scalars(select(Action.kind).where(Action.state == ActionState.PENDING)).all()
    assert set(waiting) >= LIFTED
    assert [(entry.actor, entry.what, entry.detail) for entry in entries(group.engine)][-1] == (
        "web:ann",
        "lift",
        "member 7",
    )
    group.post("/chats/1/members/7/lift")
    assert [entry.what for entry in entries(group.engine)].count("lift") == 1, "there was nothing left to lift"


@pytest.mark.parametrize("address", ["@ANN_G", " 7 "])
def test_somebody_is_trusted_by_id_or_name_and_no_longer(group: Site, address: str) -> None:
    group.post("/chats/1/members/trust", address=address)
    assert trusted(group) == [7]
    assert "Trusted: 1" in group.get("/chats/1/members").text
    group.post("/chats/1/members/7/untrust")
    assert trusted(group) == []
    assert [entry.what for entry in entries(group.engine)][-2:] == ["trust", "untrust"]


@pytest.mark.parametrize("address", ["@nobody", "8", "", "me", "9" * 30, EVIL])
def test_somebody_who_was_not_seen_is_refused_with_a_sentence(group: Site, address: str) -> None:
    refused = group.post("/chats/1/members/trust", address=address)
    assert refused.status_code == 422
    assert "Nobody was trusted" in refused.text
    assert EVIL not in refused.text
    assert (ESCAPED in refused.text) == (address == EVIL)
    assert trusted(group) == []


def test_the_chats_page_leads_there(group: Site) -> None:
    assert 'href="/chats/1/members"' in group.get("/chats/1").text


def test_members_of_chats_that_one_may_not_see_are_hidden(site: Site) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    assert site.get("/chats/1/members").status_code == 200
    assert site.get("/chats/2/members").status_code == 404
    for path in ("trust", "7/lift", "7/untrust"):
        assert site.post(f"/chats/2/members/{path}", address="7").status_code == 404


def test_a_chat_of_the_web_has_no_members_to_list(site: Site) -> None:
    with transaction(site.engine) as session:
        chats.on_web(session, 0, "the chat page")
    assert "Nobody is banned or muted" in site.get("/chats/1/members").text
