"""Stories through the real processes: the review site beside the running bot, reactions, and a list of spammers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from storage.access import chats, logins
from storage.models import Mode
from storage.session import reading, transaction
from tests.conftest import store_version
from tests.e2e.town import ANN, JUDGES, Town, judge
from tests.processes import Visitor, eventually

pytestmark = pytest.mark.processes

LISTED = b'{"ok": true, "result": {"time_added": "2024-05-01T12:00:00.000Z"}}'


@contextmanager
def visiting(town: Town, name: str) -> Iterator[Visitor]:
    with transaction(town.engine) as session:
        link = f"{town.site}/login?token={logins.new_link(session, name)}"
    visitor = Visitor(link)
    yield visitor
    visitor.close()


def test_a_claim_and_a_note_are_seen_by_the_next_and_the_decision_acts(town: Town) -> None:
    story = town.group("Hikers")
    eve = town.arrives("Eve", story)
    story.says(eve, "buy my boots")
    story.hears("Looks like spam in Hikers")
    with visiting(town, "nina") as nina, visiting(town, "boris") as boris:
        card = f"/review/{nina.flagged()[0]}"
        assert "buy my boots" in nina.reads(card)
        assert "<strong>nina</strong> is looking at this" in boris.reads(card)
        nina.sends(card, card, is_spam="true", note="the shop from Monday")
        story.hears("✓ nina: spam")
        assert '<p class="noted">the shop from Monday</p>' in boris.reads(card)
    assert story.asked() == [
        *("sendMessage: Looks like spam in Hikers", "deleteMessage: buy my boots", "banChatMember: Eve")
    ]


def test_old_messages_are_looked_at_by_the_present_version_and_then_acted_on(town: Town) -> None:
    story = town.group("Campers", Mode.SOFT)
    eve, max_ = town.arrives("Eve", story), town.arrives("Max", story)
    for who, text in ((eve, "cheap tents here"), (max_, "where is the stove?")):
        story.says(who, text)
    town.is_quiet()
    made = judge(JUDGES | {"cheap": 8.0})
    store_version(town.engine, town.processes.home / "models", "v2", made=made)
    with reading(town.engine) as session:
        page = f"/chats/{chats.on_telegram(session, story.group).id}/rescan"
    with visiting(town, "nina") as nina:
        nina.sends(page, page, days="7")
        eventually("v2 has looked at both", lambda: "v2 looked at 2 messages" in nina.reads(page))
        assert "cheap tents here" in nina.reads(page)
        assert "stove" not in nina.reads(page)
        assert story.asked() == [], "a list alone changes nothing"
        nina.sends(page, f"{page}/1/flag", acts="true")
    story.hears("Looks like spam in Campers")
    assert story.asked() == [
        *("deleteMessage: cheap tents here", "restrictChatMember: Eve", "sendMessage: Looks like spam in Campers")
    ]


def test_many_reactions_of_a_stranger_are_one_notice_and_ban_bans(town: Town) -> None:
    story = town.watching
    eve, max_ = town.arrives("Eve", story), town.arrives("Max", story)
    for number in range(11):
        town.telegram.react(story.group, eve, town.telegram.say(story.group, ANN, f"news {number}"))
    notice = story.hears("Somebody who never wrote in Birds reacted to 11 messages")
    assert story.status(eve) == "member", "nothing is done without a moderator"
    assert "Only moderators" in story.presses(max_, notice, "Ban")
    story.presses(ANN, notice, "Ban")
    story.hears("✓ Ann: ban")
    shown = "sendMessage: Somebody who never wrote in Birds reacted to 11 messages there within ten minutes:"
    assert story.asked() == [shown, "banChatMember: Eve"]


def test_a_newcomer_on_the_list_of_spammers_is_shown_and_nothing_else_is_done(town: Town) -> None:
    story = town.group("Anglers", Mode.SOFT, spammer_list=True)
    town.spammer_list.answers = [(200, LISTED)]
    eve = town.arrives("Eve", story)
    eventually(
        "the list was asked", lambda: f"/check?user_id={eve['id']}" in [p.path for p in town.spammer_list.posted]
    )
    hello = story.says(eve, "hello")
    notice = story.hears("An account to look at, in Anglers")
    assert "on 127.0.0.1's list of spammers since 2024-05-01" in notice["text"]
    town.is_quiet()
    assert story.stands(hello)
    assert story.asked() == ["sendMessage: An account to look at, in Anglers"]
    story.presses(ANN, notice, "Spam")
    story.hears("✓ Ann: spam")
    assert story.asked()[1:] == ["deleteMessage: hello", "restrictChatMember: Eve"]
