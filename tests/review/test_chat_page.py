"""The chat page: a message is stored as Telegram's are, and answered with its line."""

from __future__ import annotations

import pytest

from review.tryout import LARGEST_KEY
from storage.models import Message, MessageState
from tests.conftest import count
from tests.review.site import ESCAPED, EVIL, Site, message
from tests.storage import given


def test_a_message_is_stored_as_pending_and_answered_with_its_line(site: Site) -> None:
    line = site.say("are we still on for dinner?").text
    assert 'data-state="pending"' in line
    assert "are we still on for dinner?" in line
    stored = message(site.engine)
    assert (stored.state, stored.author_name, stored.text) == (
        MessageState.PENDING,
        "ann",
        "are we still on for dinner?",
    )
    assert f'data-id="{stored.id}"' in line


def test_with_scripts_a_message_leads_back_to_the_page(site: Site) -> None:
    answer = site.post("/chat", text="hello")
    assert (answer.status_code, answer.headers["location"]) == (303, "/chat")
    assert "hello" in site.get("/chat").text


def test_a_message_needs_no_broker(site: Site) -> None:
    assert site.say("the broker of this test does not exist").status_code == 200


def test_the_same_key_twice_is_one_message(site: Site) -> None:
    for _ in range(2):
        assert site.say("hello", key=7).status_code == 200
    assert count(site.engine, "messages") == 1


def test_without_a_key_the_same_words_are_two_messages(site: Site) -> None:
    for _ in range(2):
        site.say("hello")
    assert count(site.engine, "messages") == 2


@pytest.mark.parametrize("key", ["-1", str(LARGEST_KEY), "9" * 30, "9" * 5000, "1.5", "x", "\0"])
def test_a_key_out_of_range_is_refused(site: Site, key: str) -> None:
    answer = site.say("hello", key=key)
    assert answer.status_code == 422
    assert "key is missing or wrong" in answer.text
    assert count(site.engine, "messages") == 0


def test_a_judged_line_shows_its_score_and_version(site: Site) -> None:
    site.say("buy now")
    given.verdict(site.engine, given.version(site.engine), given.incoming("x", 9), score=0.875)
    line = site.get(f"/chat/lines/{given.values(site.engine, Message.id)[0]}").text
    assert 'data-state="spam"' in line
    assert '<span class="score">0.875</span>' in line
    assert '<span class="version">v1</span>' in line


def test_a_line_of_a_telegram_group_is_not_on_the_chat_page(site: Site) -> None:
    [row_id] = given.received(site.engine, given.incoming("a secret of the group"))
    assert site.get(f"/chat/lines/{row_id}").status_code == 404
    assert "a secret of the group" not in site.get("/chat").text


def test_texts_and_names_are_escaped_on_the_chat_page(stranger: Site) -> None:
    stranger.log_in(EVIL)
    stranger.say(EVIL)
    page = stranger.get("/chat").text
    assert EVIL not in page
    assert page.count(ESCAPED) >= 2


@pytest.mark.parametrize(
    "text",
    [b"", b"%00", b"%ff%fe", b"%ED%A0%80", b"\xff\xfe\x00", "\u202eليس\U0001f600".encode(), b"x" * 100_000, b"%0A" * 9],
    ids=["empty", "nul", "no utf-8", "surrogate", "raw bytes", "right to left", "100 kB", "lines"],
)
def test_any_text_is_taken(site_on_both: Site, text: bytes) -> None:
    body = b"csrf_token=" + site_on_both.forms.encode() + b"&wants=line&text=" + text
    assert site_on_both.raw("/chat", body).status_code == 200
    assert site_on_both.get("/chat").status_code == 200


def test_a_text_in_an_odd_charset_is_taken(site_on_both: Site) -> None:
    fields = {"csrf_token": site_on_both.forms, "text": r"\ud800 \0", "wants": "line"}
    parts = [f'--b\r\ncontent-disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    kind = "multipart/form-data; boundary=b; charset=unicode_escape"
    assert site_on_both.raw("/chat", f"{''.join(parts)}--b--\r\n".encode(), kind).status_code == 200
