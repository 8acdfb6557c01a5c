"""Who may see and do what: strangers, moderators in their own chats, operators."""

from __future__ import annotations

import pytest

from storage.models import LoginSession
from tests.conftest import count
from tests.review.site import Site, as_moderator, in_two_chats
from tests.storage import given

PAGES = (
    "/quality",
    "/quality/moderators",
    "/chats",
    "/chats/1",
    "/audit",
    "/audit.csv",
    "/check",
    "/check/1",
    "/review/events",
    "/review/1",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_sees_nothing(stranger: Site, path: str) -> None:
    assert stranger.get(path).status_code == 401


def test_a_moderator_decides_in_their_chats_and_in_no_other(site: Site) -> None:
    mine, others = in_two_chats(site)
    as_moderator(site, 1)
    assert site.post(f"/review/{mine}", is_spam="true").status_code == 303
    assert site.post(f"/review/{others}", is_spam="true").status_code == 404
    assert site.post(f"/review/{others}/undo").status_code == 404
    assert site.post(f"/review/{others}/why").status_code == 404
    site.post("/review/bulk", verdict_ids=[mine, others], is_spam="true")
    site.post(f"/review/{mine}", is_spam="true", also=[others])
    assert given.values(site.engine, given.Verdict.id) == [mine, others]
    assert count(site.engine, "corrections", f"verdict_id = {others}") == 0
    assert count(site.engine, "corrections", "actor = 'telegram:14'") == 1


@pytest.mark.parametrize(
    "path", ["/chats/stop", "/chats/go-on", "/models/retrain", "/models/rollback", "/models/v1/promote"]
)
def test_what_is_the_operators_is_not_a_moderators(site: Site, path: str) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    answer = site.post(path, champion="v1")
    assert answer.status_code == 403
    assert "Only an operator may do this" in answer.text


@pytest.mark.parametrize("path", ["/chats/2", "/chats/2/pause", "/chats/2/resume"])
def test_a_moderator_changes_no_other_chat(site: Site, path: str) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    assert site.post(path, mode="observe", strictness="strict").status_code == 404


def test_a_moderator_sees_their_own_lines_of_the_chat_page(site: Site) -> None:
    site.say("said by ann")
    as_moderator(site, 1)
    site.say("said by bob")
    shown = site.get("/chat").text
    assert "said by bob" in shown
    assert "said by ann" not in shown
    assert site.get("/chat/lines/1").status_code == 404
    assert site.get("/check/1").status_code == 404


def test_logging_out_everywhere_ends_every_session_of_that_person(site: Site) -> None:
    site.log_in("ann")
    site.log_in("eve")
    site.log_in("ann")
    assert site.post("/logout/everywhere").status_code == 303
    assert given.values(site.engine, LoginSession.name) == ["eve"]
