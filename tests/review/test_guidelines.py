"""What a chat's moderators should know: written on its page, read beside the buttons of its cards, and nowhere else."""

from __future__ import annotations

from storage.models import Chat
from storage.session import reading
from telegram_ui.choices import choices
from tests.review.site import ESCAPED, EVIL, Site, as_moderator, entries, in_two_chats


def stored(site: Site, chat_id: int = 1) -> str:
    with reading(site.engine) as session:
        return session.get_one(Chat, chat_id).chosen.guidelines


def test_they_stand_beside_the_buttons_of_that_chats_cards(site: Site) -> None:
    mine, others = in_two_chats(site)
    assert site.post("/chats/1/guidelines", guidelines=f"Job offers are fine.\r\n{EVIL} ").status_code == 303
    assert stored(site) == f"Job offers are fine.\n{EVIL}"
    card = site.get(f"/review/{mine}").text
    assert f'<p class="said">Job offers are fine.\n{ESCAPED}</p></details>' in card
    assert EVIL not in card + site.get("/chats/1").text
    assert "Job offers are fine." in site.get("/chats/1").text
    assert "Job offers" not in site.get(f"/review/{others}").text


def test_a_card_of_a_chat_without_any_has_no_place_for_them(site: Site) -> None:
    [verdict, _] = in_two_chats(site)
    assert "Guidelines of" not in site.get(f"/review/{verdict}").text


def test_too_many_characters_are_refused_in_a_sentence(site: Site) -> None:
    in_two_chats(site)
    assert site.post("/chats/1/guidelines", guidelines="x" * 2_000).status_code == 303
    answer = site.post("/chats/1/guidelines", guidelines="y" * 2_001)
    assert answer.status_code == 422
    assert "Guidelines have at most 2,000 characters; these have 2,001." in answer.text
    assert stored(site) == "x" * 2_000


def test_what_databases_cannot_hold_is_replaced(site_on_both: Site) -> None:
    in_two_chats(site_on_both)
    site_on_both.post("/chats/1/guidelines", guidelines="a\0b")
    assert stored(site_on_both) == "a\ufffdb"
    assert site_on_both.get("/review").status_code == 200


def test_the_audit_says_who_changed_them_and_how_they_begin(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1/guidelines", guidelines="be kind " * 100)
    [*_, entry] = entries(site.engine)
    assert (entry.actor, entry.what, entry.chat_id) == ("web:ann", "setting", 1)
    assert entry.detail.startswith("guidelines:  → be kind be kind")
    assert len(entry.detail) < 230


def test_a_moderator_writes_those_of_no_other_chat(site: Site) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    assert site.post("/chats/2/guidelines", guidelines="mine now").status_code == 404
    assert site.post("/chats/1/guidelines", guidelines="mine").status_code == 303
    assert (stored(site, 1), stored(site, 2)) == ("mine", "")


def test_the_menu_at_telegram_has_no_row_for_them() -> None:
    assert "guidelines" not in [choice.field for choice in choices(str)]
