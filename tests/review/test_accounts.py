"""What a list of spammers, or Telegram, says of an account stands on the card of what it wrote, where the chat wants that."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest

from storage.access import chats
from storage.models import Listing, Sign, now
from storage.session import transaction
from tests.review.site import Site
from tests.storage import given


@pytest.fixture
def known(site: Site) -> Site:
    """A flagged message of a deleted account that a list has."""
    given.verdict(site.engine, given.version(site.engine), given.incoming(signs=(Sign.DELETED_ACCOUNT,)))
    with transaction(site.engine) as session:
        since = datetime(2024, 5, 1, tzinfo=UTC)
        session.add(Listing(user_id=7, answered_at=now(), is_listed=True, since=since, source="<b>cas.example"))
    return site


def test_a_card_says_so_where_the_chat_wants_to_know(known: Site) -> None:
    assert "list of spammers" not in known.get("/review/1").text
    for field in ("spammer_list", "shows_deleted"):
        known.post("/chats/1/choices", **{field: "yes"})
    text = known.get("/review/1").text
    assert "On <b>cas.example's list of spammers" in unescape(text)
    assert "<b>cas" not in text
    assert "since 2024-05-01" in text
    assert "The account is deleted" in text


def test_what_is_chosen_stands_on_the_chats_page(known: Site) -> None:
    known.post("/chats/1/choices", watches_reactions="yes")
    with transaction(known.engine) as session:
        assert chats.get(session, 1).chosen.watches_reactions
    assert "Many reactions of who never wrote are shown" in known.get("/chats/1").text
