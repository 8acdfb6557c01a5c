"""What a chat chooses beyond its mode, on its page."""

from __future__ import annotations

from storage.access import chats
from storage.models import Chat
from storage.session import reading, transaction
from tests.review.site import Site, as_moderator, in_two_chats


def chosen(site: Site) -> str:
    with reading(site.engine) as session:
        return session.get_one(Chat, 1).chosen.spam_removes


def test_a_choice_is_stored_and_shown(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1/choices", spam_removes="chat")
    assert chosen(site) == "chat"
    assert '<option value="chat" selected>' in site.get("/chats/1").text
    assert "spam_removes: message → chat" in site.get("/audit").text


def test_what_is_no_choice_changes_nothing(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1/choices", spam_removes="all", rules_revision="x", mode="observe")
    assert chosen(site) == "message"


def test_only_an_operator_lets_a_chat_reach_into_others(site: Site) -> None:
    in_two_chats(site)
    everywhere = '<option value="everywhere"'
    assert everywhere in site.get("/chats/1").text
    as_moderator(site, 1)
    assert everywhere not in site.get("/chats/1").text
    site.post("/chats/1/choices", spam_removes="everywhere")
    assert chosen(site) == "message"


def test_a_moderator_may_leave_it_or_end_it(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1/choices", spam_removes="everywhere")
    as_moderator(site, 1)
    assert '<option value="everywhere" selected>all its author wrote in any group' in site.get("/chats/1").text
    site.post("/chats/1/choices", spam_removes="everywhere")
    assert chosen(site) == "everywhere"
    site.post("/chats/1/choices", spam_removes="chat")
    assert chosen(site) == "chat"


def test_what_leaves_hamlet_is_refused_on_the_page(site: Site) -> None:
    in_two_chats(site)
    assert "sent their text" in site.get("/chats/1").text
    as_moderator(site, 1)
    site.post("/chats/1/choices", asks_second_opinion="no", informs_webhook="no")
    with reading(site.engine) as session:
        settings = session.get_one(Chat, 1).chosen
    assert (settings.asks_second_opinion, settings.informs_webhook) == (False, False)


def test_an_offset_stays_chosen_until_a_city_is(site: Site) -> None:
    in_two_chats(site)
    with transaction(site.engine) as session:
        chats.choose(session, 1, "time_zone", "plus3")
    page = site.get("/chats/1").text
    assert '<option value="plus3" selected>UTC+3</option>' in page
    assert '<option value="plus4"' not in page
    site.post("/chats/1/choices", time_zone="plus3")
    site.post("/chats/1/choices", time_zone="plus4")
    with reading(site.engine) as session:
        assert session.get_one(Chat, 1).chosen.time_zone == "plus3"
    site.post("/chats/1/choices", time_zone="Asia/Kolkata")
    assert '<option value="Asia/Kolkata" selected>Kolkata (UTC+5:30)</option>' in site.get("/chats/1").text
