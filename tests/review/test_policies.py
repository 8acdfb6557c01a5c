"""What a chat chooses beyond its mode, on its page."""

from __future__ import annotations

from storage.models import Chat
from storage.session import reading
from tests.review.site import Site, in_two_chats


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
