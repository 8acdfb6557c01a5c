"""One member of a chat on a page of their own: standing, counts, sanctions, messages with verdicts and decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.models import Action, ActionKind, ActionState, Report, Trust, now
from storage.privacy import members
from storage.session import transaction
from storage.views import member
from tests.review.site import ESCAPED, EVIL, Site, as_moderator, flag, in_two_chats
from tests.storage import given

PAGE = "/chats/1/members/7"


def test_a_card_leads_to_what_is_known_of_its_author(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    assert f'href="{PAGE}"' in site.get(f"/review/{verdict}").text
    shown = site.get(PAGE).text
    assert "<h1>Ann</h1>" in shown
    assert "buy now" in shown
    assert f'href="/review/{verdict}"' in shown
    assert "None by hamlet in this chat." in shown


def test_counts_decisions_and_notes_are_shown(site: Site) -> None:
    first, second, _ = flag(site, "buy now", "buy later", "buy never")
    site.post(f"/review/{first}", is_spam="true", note="the old shop")
    site.post(f"/review/{second}", is_spam="false")
    with transaction(site.engine) as session:
        session.add_all([Report(message_id=1, reporter_id=9), Report(message_id=1, reporter_id=7)])
    shown = site.get(PAGE).text
    for name, n in (("messages", 3), ("flagged", 3), ("decided spam", 1), ("decided not spam", 1)):
        assert f"<dt>{name}</dt><dd>{n}</dd>" in shown
    assert "<dt>reported by others</dt><dd>2</dd>" in shown
    assert "<dt>reported others</dt><dd>1</dd>" in shown
    assert "the old shop" in shown


def test_standing_join_and_trust_are_shown(site: Site) -> None:
    model = given.version(site.engine)
    given.regular(site.engine, model)
    assert "<dt>Standing</dt><dd>in good standing</dd>" in site.get(PAGE).text
    assert "<dt>Joined</dt><dd>2025-01-01 12:00 UTC</dd>" in site.get(PAGE).text
    with transaction(site.engine) as session:
        session.add(Trust(chat_id=1, user_id=7, name="Ann", trusted_by="web:bob"))
    assert "<strong>trusted</strong> by web:bob" in site.get(PAGE).text


@pytest.mark.parametrize(
    ("state", "receipt", "shown"),
    [
        (ActionState.PENDING, None, ">waits<"),
        (ActionState.DONE, {"banned": True}, ">in force<"),
        (ActionState.DONE, None, ">over, undone, or changed by hand<"),
    ],
    ids=["asked for", "in force", "lifted by hand"],
)
def test_a_sanction_is_shown_with_its_state(
    site: Site, state: ActionState, receipt: dict[str, bool] | None, shown: str
) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true")
    with transaction(site.engine) as session:
        ban = update(Action).where(Action.kind == ActionKind.BAN)
        session.execute(
            ban.values(state=state, until=now() + timedelta(days=1), **({"receipt": receipt} if receipt else {}))
        )
    assert shown in site.get(PAGE).text


def test_many_messages_have_pages(site: Site) -> None:
    flag(site, *(f"text {n:02}" for n in range(member.SHOWN + 1)))
    first = site.get(PAGE).text
    assert "text 01" in first
    assert "text 00" not in first
    assert f'href="{PAGE}?before=2"' in first
    older = site.get(f"{PAGE}?before=2").text
    assert "text 00" in older
    assert "before=" not in older


def test_names_and_texts_are_escaped(site: Site) -> None:
    given.verdict(site.engine, given.version(site.engine), given.incoming(EVIL, author_name=EVIL, chat_title=EVIL))
    shown = site.get(PAGE).text
    assert EVIL not in shown
    assert shown.count(ESCAPED) >= 3


def test_of_whoever_was_forgotten_nothing_is_shown(site: Site) -> None:
    given.verdict(site.engine, given.version(site.engine), given.incoming("hello", author_name="Ann"), 0.1)
    assert site.get(PAGE).status_code == 200
    with transaction(site.engine) as session:
        members.forget(session, 7)
    assert site.get(PAGE).status_code == 404
    assert "Nothing is stored of such a member" in site.get(PAGE).text


@pytest.mark.parametrize("path", ["/chats/2/members/7", "/chats/9/members/7"])
def test_a_moderator_sees_no_member_of_another_chat(site: Site, path: str) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    assert site.get(PAGE).status_code == 200
    assert site.get(path).status_code == 404


@pytest.mark.parametrize("number", ["0", "-100", "99999999999999999999", "x"])
def test_a_number_of_nobody_is_refused_in_words(site_on_both: Site, number: str) -> None:
    in_two_chats(site_on_both)
    answer = site_on_both.get(f"/chats/1/members/{number}")
    assert answer.status_code in (404, 422)
    assert "That did not work" in answer.text
