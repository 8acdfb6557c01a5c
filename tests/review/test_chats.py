"""The pages of chats: settings, consequences, kill switches."""

from __future__ import annotations

from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import Chat, Mode, Strictness
from storage.session import reading, transaction
from tests.review.site import Site, entries, in_two_chats
from tests.storage import given


def test_settings_are_stored_and_noted(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1", mode="soft", strictness="strict", standing_after=7)
    with reading(site.engine) as session:
        chat = session.get_one(Chat, 1)
    assert (chat.mode, chat.strictness, chat.standing_after) == (Mode.SOFT, Strictness.STRICT, 7)
    assert "mode: training → soft" in site.get("/audit").text
    assert site.post("/chats/1", mode="harsh", strictness="strict").status_code == 422


def test_a_chat_that_has_taught_little_cannot_enforce(site: Site) -> None:
    in_two_chats(site)
    refused = site.post("/chats/1", mode="enforce", strictness="strict")
    assert refused.status_code == 409
    assert "offered after 200 accepted corrections in the chat" in refused.text
    with reading(site.engine) as session:
        assert session.get_one(Chat, 1).mode == Mode.TRAINING


def test_each_strictness_tells_its_consequence(site: Site) -> None:
    act = {"act": {"normal": {"threshold": 0.8}}}
    with transaction(site.engine) as session:
        versions.register(session, NewVersion("v1", 0.5, 0.9, "0" * 64, act))
        model = versions.promote(session, "v1", "a test")
    given.corrected(site.engine, given.verdict(site.engine, model, score=0.95), "web:ann", False)
    assert "would have removed 1 of last week's 1, 1 wrongly" in site.get("/chats/1").text.replace("&#39;", "'")


def test_the_kill_switches_stop_and_go_on(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1/pause")
    assert "Stopped" in site.get("/chats/1").text
    site.post("/chats/1/resume")
    site.post("/chats/stop")
    assert "All chats are stopped" in site.get("/chats").text
    site.post("/chats/go-on")
    details = [entry.detail for entry in entries(site.engine) if entry.what == "kill switch"]
    assert details == ["paused", "resumed", "all chats stopped", "all chats go on"]
