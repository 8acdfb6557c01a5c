"""Old messages looked at again: the page, its list, its button."""

from __future__ import annotations

from html import unescape

import pytest

from storage.models import Message, MessageState, Mode, Rescan, RescanHit, Standing, now
from storage.moderation import rescans
from storage.session import transaction
from tests.review.site import EVIL, Site, as_moderator, entries, in_two_chats, verdicts
from tests.storage import given

PATH = "/chats/1/rescan"


@pytest.fixture
def listed(site: Site) -> Site:
    """v1 judged a message ham, and v2 would flag it, says a rescan that is done."""
    given.verdict(site.engine, given.version(site.engine, "v1"), given.incoming(EVIL), 0.1)
    version = given.version(site.engine, "v2")
    with transaction(site.engine) as session:
        rescan = rescans.request(session, 1, 7, "web:ann")
        rescan.model_version_id, rescan.scanned, rescan.done_at = version.id, 12, now()
        about = {"rescan_id": rescan.id, "message_id": 1, "edit": 0, "standing": Standing.NEWCOMER}
        session.add(RescanHit(**about, score=0.93, review_threshold=0.5, act_threshold=0.9))
    return site


def test_asking_leaves_a_row_for_the_worker_and_the_page_says_how_far_it_is(site: Site) -> None:
    given.verdict(site.engine, given.version(site.engine), given.incoming(), 0.1)
    assert "Old messages" in site.get("/chats/1").text
    assert "looked at so far" not in site.get(PATH).text
    assert site.post(PATH, days=30).headers["location"] == PATH
    text = site.get(PATH).text
    assert "messages of the last 30 days looked at so far" in text
    assert 'http-equiv="refresh"' in text
    assert given.values(site.engine, Rescan.days) == [30]


def test_the_list_shows_texts_and_scores_and_escapes_them(listed: Site) -> None:
    text = listed.get(PATH).text
    assert EVIL not in text
    assert EVIL in unescape(text)
    assert "0.930" in text
    assert "v2 looked at 12 messages" in text


def test_one_button_puts_the_list_into_the_queue(listed: Site) -> None:
    assert verdicts(listed.get("/review").text) == []
    listed.post(f"{PATH}/1/flag")
    assert verdicts(listed.get("/review").text) == [2]
    assert given.kinds(listed.engine) == []
    assert "1 flagged on" in listed.get(PATH).text
    assert [entry.detail for entry in entries(listed.engine) if entry.what == "rescan"] == [
        "the last 7 days",
        "flagged 1 as v2 sees them",
    ]
    assert listed.post(f"{PATH}/1/flag").status_code == 409


def test_only_an_operator_may_have_the_mode_act_on_it(listed: Site) -> None:
    given.mode(listed.engine, Mode.ENFORCE)
    assert 'name="acts"' in listed.get(PATH).text
    as_moderator(listed, 1)
    assert 'name="acts"' not in listed.get(PATH).text
    assert listed.post(f"{PATH}/1/flag", acts="true").status_code == 403
    assert given.values(listed.engine, Message.state) == [MessageState.HAM]
    assert listed.post(f"{PATH}/1/flag").status_code == 303
    assert given.values(listed.engine, Message.state) == [MessageState.SPAM]


def test_an_operator_who_ticks_it_has_it_acted_on(listed: Site) -> None:
    given.mode(listed.engine, Mode.ENFORCE)
    listed.post(f"{PATH}/1/flag", acts="true")
    assert [str(kind) for kind in given.kinds(listed.engine)] == ["delete", "ban", "notify"]


@pytest.mark.parametrize("days", ["", "0", "367", "all"])
def test_days_that_no_chat_has_are_refused(listed: Site, days: str) -> None:
    assert listed.post(PATH, days=days).status_code == 422


def test_other_chats_lists_are_neither_seen_nor_flagged(site: Site) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    assert site.get("/chats/2/rescan").status_code == 404
    assert site.post("/chats/2/rescan", days=7).status_code == 404
    with transaction(site.engine) as session:
        rescans.request(session, 2, 7, "web:ann")
    assert site.post("/chats/1/rescan/1/flag").status_code == 409


def test_the_page_is_in_russian_at_every_stage(listed: Site) -> None:
    listed.get("/language/ru")
    text = listed.get(PATH).text
    assert "Версия v2 просмотрела сообщения за 7 дней до" in text
    assert "Отметить это сообщение" in text
    listed.post(f"{PATH}/1/flag")
    assert "Отмечено 1," in listed.get(PATH).text
    assert "Этот список уже отмечен" in listed.post(f"{PATH}/1/flag").text
    listed.post(PATH, days=31)
    assert (
        "Сообщений за последний 31 день просмотрено: <strong>0</strong>; worker ещё не начал." in listed.get(PATH).text
    )
    with transaction(listed.engine) as session:
        rescan = session.get_one(Rescan, 2)
        rescan.done_at, rescan.error = now(), rescans.GIVEN_UP
    assert "Причина: процесс worker за 5 попыток не справился с одной из частей." in listed.get(PATH).text
