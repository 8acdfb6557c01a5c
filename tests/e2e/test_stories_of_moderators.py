"""Stories through the real processes: a chat's own words, single members, reports, shared bans, notices."""

from __future__ import annotations

import time

import pytest

from storage.models import Mode, now
from storage.nights import EAST, OFFSETS
from tests.e2e.told import MODERATION, Story
from tests.e2e.town import ANN, Town

pytestmark = pytest.mark.processes

MONTH, WEEK, DAY, HOUR = 30 * 86_400, 7 * 86_400, 86_400, 3_600


def test_a_chats_own_word_is_flagged_and_the_notice_names_the_rule(town: Town) -> None:
    story = town.group("Card players", Mode.SOFT)
    eve = town.arrives("Eve", story)
    story.says(eve, "/flag hello")
    story.says(ANN, "/flag /[a-z/")
    story.hears("That cannot be a rule: ")
    story.says(ANN, "/flag roulette")
    story.hears("Card players: from now on “roulette” is always flagged.")
    story.says(ANN, "/allow bridge club")
    story.hears("“bridge club” is never flagged")
    story.says(ANN, "/rules")
    assert "roulette: always flagged" in story.hears("bridge club: never flagged")["text"]
    allowed = story.says(eve, "buy a cake for the bridge club")
    story.says(eve, "who plays ROULETTE tonight?")
    notice = story.hears("Looks like spam in Card players")
    assert "rule of this chat: words: roulette" in notice["text"]
    assert story.stands(allowed)
    story.presses(ANN, notice, "Not spam")
    story.sees("Eve may write again", lambda: story.status(eve) == "member")
    assert story.asked(MODERATION) == [
        "deleteMessage: who plays ROULETTE tonight?",
        *("restrictChatMember: Eve", "restrictChatMember: Eve"),
    ]


def lasts(story: Story, method: str) -> int:
    """How many seconds the newest such sanction in the group lasts."""
    calls = [call for call in story.telegram.called(method) if int(call["chat_id"]) == story.group]
    return int(calls[-1]["until_date"]) - int(time.time())


def test_members_are_muted_banned_and_let_go_by_reply_name_and_number(town: Town) -> None:
    story = town.group("Singers")
    rose = town.arrives("Rose", story, username="Rose_K")
    who, first = f"Rose ({rose['id']})", story.says(rose, "hello everybody")
    town.is_quiet()
    story.says(ANN, "/mute 2h", to=first)
    story.hears(f"Noted: {who} is muted for 2 hours.")
    story.sees("Rose may not write", lambda: story.status(rose) == "restricted")
    assert 2 * HOUR - 60 < lasts(story, "restrictChatMember") <= 2 * HOUR
    story.says(ANN, "/unban @rose_k")
    story.sees("Rose may write again", lambda: story.status(rose) == "member")
    story.says(ANN, "/ban 7d", to=first)
    story.sees(
        "Rose is banned and the message is gone", lambda: story.status(rose) == "kicked" and not story.stands(first)
    )
    assert WEEK - 60 < lasts(story, "banChatMember") <= WEEK
    story.says(ANN, f"/unban {rose['id']}")
    story.sees("Rose may come back", lambda: story.status(rose) == "left")
    story.says(ANN, "/unban 999")
    story.hears("I have not seen 999 here")
    muted, banned = ["restrictChatMember: Rose"] * 2, ["deleteMessage: hello everybody", "banChatMember: Rose"]
    assert story.asked(MODERATION) == [*muted, *banned, "unbanChatMember: Rose"]


def test_nothing_automatic_happens_to_whom_a_moderator_trusts(town: Town) -> None:
    story = town.group("Dancers", Mode.SOFT)
    rose = town.arrives("Rose", story)
    who, first = f"Rose ({rose['id']})", story.says(rose, "hello everybody")
    town.is_quiet()
    story.says(ANN, "/trust", to=first)
    story.hears(f"{who} is trusted here from now on")
    trusted = story.says(rose, "buy my old shoes")
    assert "a regular" in story.hears("Looks like spam in Dancers")["text"]
    assert story.stands(trusted)
    story.says(ANN, f"/untrust {rose['id']}")
    story.hears(f"{who} is trusted here no longer.")
    story.says(rose, "buy my other shoes")
    story.sees("Rose may not write", lambda: story.status(rose) == "restricted")
    assert story.asked(MODERATION) == [*("deleteMessage: buy my other shoes", "restrictChatMember: Rose")]


def test_warnings_lead_to_a_mute_and_to_a_ban(town: Town) -> None:
    story = town.group("Writers", warnings_mute=2, warnings_ban=3)
    max_ = town.arrives("Max", story)
    follows = ("This is warning 1 of 3.", "2 of 3: its author is muted for a day.", "3 of 3: its author is banned.")
    for number, warning in enumerate(follows):
        loud = story.says(max_, f"LOUD WORDS {number}")
        town.is_quiet()
        story.says(ANN, "/warn", to=loud)
        story.hears(warning)
        town.is_quiet()
    assert story.status(max_) == "kicked"
    assert DAY - 120 < lasts(story, "restrictChatMember") <= DAY
    assert story.asked(MODERATION) == [
        *("deleteMessage: LOUD WORDS 0", "deleteMessage: LOUD WORDS 1", "restrictChatMember: Max"),
        *("deleteMessage: LOUD WORDS 2", "banChatMember: Max"),
    ]


def test_reports_hide_a_message_and_reporters_are_told(town: Town) -> None:
    story = town.group("Readers", reports_hide=2, informs_reporters=True)
    max_, ida = town.regular("Max", story), town.regular("Ida", story)
    eve = town.arrives("Eve", story)
    story.says(max_, "/start", max_["id"])
    reported = story.says(eve, "come to my shop")
    town.is_quiet()
    for member in (max_, ida):
        story.says(member, "/report", to=reported)
    notice = story.hears("hidden until you decide")
    assert "2 members report this in Readers" in notice["text"]
    assert not story.stands(reported)
    story.presses(ANN, notice, "Not spam")
    story.hears("Eve wrote:\n\ncome to my shop")
    story.hears("not spam", max_["id"])
    story.presses(ANN, notice, "Spam")
    story.sees("Eve is banned", lambda: story.status(eve) == "kicked")
    town.is_quiet()
    assert story.asked() == [
        *("deleteMessage: come to my shop", "sendMessage: 2 members report this in Readers"),
        *("sendMessage: Eve wrote:", "banChatMember: Eve", "deleteMessage: Eve wrote:"),
    ]


def test_a_spammer_is_banned_in_all_groups_that_share_bans_and_let_go_in_all(town: Town) -> None:
    story, other = (town.group(title, shares_bans=True) for title in ("Weavers", "Knitters"))
    apart = town.group("Sewers")
    eve = town.arrives("Eve", story, other, apart)
    story.says(eve, "buy my wool")
    notice = story.hears("Looks like spam in Weavers")
    story.presses(ANN, notice, "Spam")
    story.hears("banned in 1 other group")
    assert [one.status(eve) for one in (story, other, apart)] == ["kicked", "kicked", "member"]
    story.presses(ANN, notice, "Not spam")
    story.sees("Eve may come back to both", lambda: [one.status(eve) for one in (story, other)] == ["left", "left"])
    story.sees("the notice says so", lambda: not story._found("other group", story.group))
    assert other.asked() == ["banChatMember: Eve", "unbanChatMember: Eve"]
    assert apart.asked() == []


def test_a_notice_links_to_the_message_and_its_author_where_only_moderators_read(town: Town) -> None:
    story = town.group("Sailors", has_moderators_chat=True)
    eve = town.arrives("Eve", story)
    spam = story.says(eve, "buy my boat")
    notice = story.moderators_see("message · author · here for less than a day")
    links = [entity["url"] for entity in notice["entities"] if entity["type"] == "text_link"]
    assert links == [f"https://t.me/c/{-story.group - 10**12}/{spam}", f"tg://user?id={eve['id']}"]


def test_a_decided_notice_in_the_group_vanishes(town: Town) -> None:
    story = town.group("Divers", notices_vanish=True)
    eve = town.arrives("Eve", story)
    story.says(eve, "buy my boat")
    notice = story.hears("Looks like spam in Divers")
    story.presses(ANN, notice, "Spam")
    story.sees("the notice is gone", lambda: not story.stands(notice["message_id"]))
    shown = "Looks like spam in Divers"
    assert story.asked() == [
        *(f"sendMessage: {shown}", "deleteMessage: buy my boat", "banChatMember: Eve", f"deleteMessage: {shown}")
    ]


def test_the_nights_notices_are_one_digest_in_the_morning(town: Town) -> None:
    hours = (2 - now().hour) % 24  # it is two in the night there
    zones = {hours: word for word, hours in OFFSETS.items()}
    zone = zones[hours if hours <= EAST else hours - 24]
    story = town.group("Astronomers", quiet_night="22to7", time_zone=zone)
    eve = town.arrives("Eve", story)
    for text in ("buy my telescope", "buy my lenses"):
        story.says(eve, text)
        town.is_quiet()
    assert story.asked() == []
    town.later(story)
    digest = story.hears("Last night 2 messages were flagged in Astronomers")
    story.presses(ANN, digest, "All of them are spam")
    story.sees("Eve is banned", lambda: story.status(eve) == "kicked")
    town.is_quiet()
    first, *rest = story.asked()
    assert first.startswith("sendMessage: Good morning. Last night 2 messages were flagged in Astronomers")
    assert {"deleteMessage: buy my telescope", "deleteMessage: buy my lenses", "banChatMember: Eve"} == set(rest)
