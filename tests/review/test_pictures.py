"""The card tells what was read in a picture from what its author wrote, and the chat's page says where nothing can be read."""

from __future__ import annotations

from storage.models import Message, Picture, PictureState
from storage.outbound import configured
from storage.session import transaction
from tests.review.site import ESCAPED, EVIL, Site, flag, in_two_chats
from tests.storage import given


def card(site: Site, **picture: object) -> str:
    """The page of a flag whose message has this picture."""
    [verdict] = flag(site, f"look\n{EVIL}")
    with transaction(site.engine) as session:
        session.add(Picture(message_id=given.values(site.engine, Message.id)[-1], **picture))
    return str(site.get(f"/review/{verdict}").text)


def test_the_card_shows_what_was_read(site: Site) -> None:
    page = card(site, state=PictureState.READ, words=EVIL, added=EVIL)
    assert f'<p class="said">look</p>\n  <p class="meta">In the picture:</p><p class="said">{ESCAPED}</p>' in page


def test_the_card_says_that_it_could_not_be_read(site: Site) -> None:
    page = card(site, state=PictureState.FAILED, error="could not be read: it is no whole picture")
    assert "the picture could not be read: it is no whole picture" in page


def test_the_chats_page_says_where_the_choice_does_nothing(site: Site) -> None:
    in_two_chats(site)
    assert "has not installed the extra" in site.get("/chats/1").text
    with transaction(site.engine) as session:
        configured.record(session, configured.PICTURES, on=True)
    assert "has not installed the extra" not in site.get("/chats/1").text
