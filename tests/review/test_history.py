"""Bringing in a chat's past on the site: by its moderators, of that chat alone, and no stranger's gigabytes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from storage.access import chats
from storage.models import AuditEntry, Message, MessageState
from storage.session import transaction
from tests.conftest import count
from tests.review.site import Answer, Site, as_moderator, site_on
from tests.storage import given
from tests.storage.exports import export, said

GROUP = -1_000_000_000_123
WHOLE = export(*(said(number) for number in range(1, 6)))


@pytest.fixture
def group(site: Site) -> int:
    """The row of the group that the exports are of."""
    with transaction(site.engine) as session:
        chats.on_telegram(session, -5, "other people")
        return chats.on_telegram(session, GROUP, "a group").id


def sent(site: Site, chat: int, content: bytes = WHOLE, token: str | None = None) -> Answer:
    form = {"csrf_token": site.forms if token is None else token}
    return site.client.post(f"/chats/{chat}/history", data=form, files={"export": ("result.json", content)})


def test_a_moderator_of_the_chat_brings_its_past_in_and_is_told_what_was_taken(site: Site, group: int) -> None:
    as_moderator(site, group)
    assert "<h2>History</h2>" in site.get(f"/chats/{group}").text
    answer = sent(site, group)
    assert answer.status_code == 200
    assert "5 messages of a group taken, 0 known already" in answer.text
    assert given.values(site.engine, Message.state) == [MessageState.HISTORY] * 5
    assert given.values(site.engine, AuditEntry.what)[-1] == "history"
    assert "It has been imported up to" in site.get(f"/chats/{group}").text


def test_a_moderator_of_another_chat_cannot(site: Site, group: int) -> None:
    as_moderator(site, 1)
    assert sent(site, group).status_code == 404
    assert count(site.engine, "messages") == 0


def test_a_form_of_another_site_is_refused(site: Site, group: int) -> None:
    assert sent(site, group, token="forged").status_code == 403
    assert count(site.engine, "messages") == 0


def test_a_stranger_is_refused_before_the_file_is_read(stranger: Site) -> None:
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        for n in range(10_000):
            read.append(n)
            yield b"x" * 100_000

    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(10**9)}
    answer = stranger.client.post("/chats/1/history", content=endless(), headers=headers)
    assert answer.status_code == 401
    assert len(read) < 10


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html>", "it is HTML"),
        (b"", "it is empty"),
        (export(kind="personal_chat"), "of the kind"),
        (export(said(1), number=77), "the export of another group"),
    ],
)
def test_what_is_no_export_of_that_group_is_refused_with_a_sentence(
    site: Site, group: int, content: bytes, says: str
) -> None:
    answer = sent(site, group, content)
    assert answer.status_code == 422
    assert "Nothing was taken" in answer.text
    assert says in answer.text
    assert count(site.engine, "messages") == 0


def test_of_what_is_cut_short_the_part_is_kept_and_it_is_told(site: Site, group: int) -> None:
    answer = sent(site, group, WHOLE[:-20])
    assert "cut short or damaged" in answer.text
    assert count(site.engine, "messages") == 4


def test_nothing_sent_is_told(site: Site, group: int) -> None:
    answer = site.post(f"/chats/{group}/history")
    assert answer.status_code == 422
    assert "No file was sent" in answer.text


def test_a_web_chat_has_no_past(site: Site) -> None:
    site.say("hello")
    assert sent(site, 1).status_code == 409
    assert "<h2>History</h2>" not in site.get("/chats/1").text


def test_more_than_a_page_may_send_is_taken_here_up_to_its_own_limit(sqlite_engine: Engine) -> None:
    site = Site(site_on(str(sqlite_engine.url), history_mb=2), sqlite_engine)
    with site.client:
        site.log_in()
        with transaction(sqlite_engine) as session:
            chat = chats.on_telegram(session, GROUP, "a group").id
        large = export(*(said(number, "x" * 1_000) for number in range(1, 1_001)))
        assert len(large) > 1_000_000
        assert sent(site, chat, large).status_code == 200
        refused = sent(site, chat, large + large)
        assert refused.status_code == 413
        assert "the limit is 2 MB" in refused.text
        site.client.app.state.engine.dispose()  # type: ignore[attr-defined]  # the site's own
