"""Stories through the real processes: what newcomers bring beside words, their floods, their names and their letters."""

from __future__ import annotations

import pytest

from storage.access import chats
from storage.models import Message, MessageState, Mode, now
from storage.session import transaction
from tests.e2e.told import MODERATION
from tests.e2e.town import ANN, BOB, Town

pytestmark = pytest.mark.processes

PHOTO = {"file_id": "rose", "file_unique_id": "rose", "width": 10, "height": 10}
LINK = "see https://roses.example for my roses"
LOUD = {"username": "buy_usdt_bonus"}
MAYBE, ENGLISH = "может быть, кому-нибудь нужна работа?", "who is selling a bike?"


def test_a_picture_without_words_is_shown_and_deleted_by_a_moderator(town: Town) -> None:
    story = town.group("Painters", wordless="notice")
    eve = town.arrives("Eve", story)
    picture = story.says(eve, None, photo=[PHOTO])
    notice = story.hears("A newcomer's message in Painters (a picture)")
    assert story.stands(picture)
    assert story.presses(ANN, notice, "Delete and ban") == "Noted: refused."
    story.sees("Eve is banned", lambda: story.status(eve) == "kicked")
    story.hears("✓ Ann: refused")
    shown = "sendMessage: A newcomer's message in Painters (a picture)"
    assert story.asked() == [shown, "deleteMessage: <photo>", "banChatMember: Eve"]


def test_a_picture_without_words_is_held_and_let_in(town: Town) -> None:
    town.telegram.pictures.add("rose")
    story = town.group("Sculptors", has_moderators_chat=True, wordless="hold")
    eve = town.arrives("Eve", story)
    picture = story.says(eve, None, photo=[PHOTO])
    notice = story.moderators_see("Held in Sculptors: a newcomer's message (a picture)")
    assert notice["photo"][0]["file_id"] == "rose"
    assert not story.stands(picture)
    story.presses(ANN, notice, "Let it in")
    assert story.hears("From Eve")["photo"][0]["file_id"] == "rose"
    shown = "sendPhoto: Held in Sculptors: a newcomer's message (a picture)"
    assert story.asked() == ["deleteMessage: <photo>", shown, "sendPhoto: From Eve"]


def test_a_newcomers_link_is_held_then_let_in_or_refused(town: Town) -> None:
    story = town.group("Gardeners", hold_links=True)
    eve, max_ = town.arrives("Eve", story), town.arrives("Max", story)
    story.says(eve, LINK)
    notice = story.hears("Held in Gardeners: a newcomer's message (a link)")
    story.presses(ANN, notice, "Let it in")
    story.hears(f"Eve wrote:\n{LINK}")
    assert story.presses(BOB, notice, "Refuse") == "Ann has let it in already."
    story.says(max_, "mine are at https://tulips.example")
    story.presses(ANN, story.hears("Max: mine are"), "Refuse")
    story.hears("✓ Ann: refused")
    held = "sendMessage: Held in Gardeners: a newcomer's message (a link)"
    assert story.asked() == [
        *(f"deleteMessage: {LINK}", held, "sendMessage: Eve wrote:"),
        *("deleteMessage: mine are at https://tulips.example", held),
    ]
    assert story.status(max_) == "member", "what is refused is not called spam"


def test_messages_of_joining_and_leaving_are_removed(town: Town) -> None:
    story = town.group("Choir", removes_service=True)
    eve = town.arrives("Eve", story)
    left = town.telegram.leave(story.group, eve)
    story.sees("Telegram's messages are gone", lambda: not story.stands(left))
    assert story.asked() == ["deleteMessage: <new chat members>", "deleteMessage: <left chat member>"]


def test_one_decision_removes_everything_that_a_spammer_wrote(town: Town) -> None:
    story = town.group("Bakers", spam_removes="chat")
    eve, max_ = town.arrives("Eve", story), town.arrives("Max", story)
    for who, text in ((eve, "hello all"), (max_, "hello Eve"), (eve, "I bake bread"), (eve, "buy my bread")):
        story.says(who, text)
    notice = story.hears("Looks like spam in Bakers")
    town.is_quiet()
    story.presses(ANN, notice, "Spam")
    story.hears("✓ Ann: spam")
    first, *rest = story.asked()
    assert first == "sendMessage: Looks like spam in Bakers"
    deleted = [f"deleteMessage: {text}" for text in ("buy my bread", "hello all", "I bake bread")]
    assert sorted(rest) == sorted(["banChatMember: Eve", *deleted])


def test_a_flood_is_one_case_one_notice_one_press(town: Town) -> None:
    story = town.group("Chess", floods=True)
    people = [town.arrives(name, story) for name in ("Ida", "Eve", "Zoe")]
    texts = [f"join our evening of wonders at 7 pm, room {number}" for number in range(3)]
    for who, text in zip(people, texts, strict=True):
        story.says(who, text)
    notice = story.hears("3 messages that say the same, by 3 newcomers in Chess")
    assert "Flagged among them: 0." in notice["text"]
    assert story.presses(ANN, notice, "All of them are spam") == "Noted: 3 messages are spam."
    story.sees("all are banned", lambda: {story.status(who) for who in people} == {"kicked"})
    town.is_quiet()
    town.later(story)
    story.hears("decided: 3 spam, 0 not spam")
    shown, *rest = story.asked()
    assert shown == "sendMessage: 3 messages that say the same, by 3 newcomers in Chess:"
    acted = [f"deleteMessage: {text}" for text in texts] + [f"banChatMember: {who['first_name']}" for who in people]
    assert sorted(rest) == sorted(acted)


def test_who_joins_under_an_advertisement_for_a_name_is_shown_and_banned(town: Town) -> None:
    story = town.group("Cooks", has_moderators_chat=True, reads_joining_names=True)
    ida = town.arrives("Ida", story, **LOUD)
    notice = story.moderators_see("Somebody joined Cooks whose name looks like spam")
    assert "Ida @buy_usdt_bonus" in notice["text"]
    story.presses(ANN, notice, "Spam")
    story.sees("Ida is banned", lambda: story.status(ida) == "kicked")
    story.moderators_see("✓ Ann: spam")
    shown = "sendMessage: Somebody joined Cooks whose name looks like spam"
    assert story.asked() == [shown, "deleteMessage: <new chat members>", "banChatMember: Ida"]


def test_a_script_that_nobody_here_writes_in_weighs_and_why_says_so(town: Town) -> None:
    story, indifferent = (town.group(title, weighs_scripts=title == "Cyclists") for title in ("Cyclists", "Runners"))
    for one in (story, indifferent):
        with transaction(town.engine) as session:
            chat = chats.on_telegram(session, one.group)
            about = {"chat_id": chat.id, "author_id": 8, "sent_at": now(), "state": MessageState.HISTORY}
            session.add_all(Message(message_id=10_000 + n, text=ENGLISH, **about) for n in range(200))
    eve = town.arrives("Eve", story, indifferent)
    for one in (indifferent, story):
        one.says(eve, MAYBE)
    notice = story.hears("Looks like spam in Cyclists")
    assert "first messages here" in story.presses(ANN, notice, "Why?")
    assert "Cyrillic letters" in story.hears("By part, above 0 means spam")["text"]
    town.is_quiet()
    assert story.asked(MODERATION) == [], "it decides nothing alone"
    assert indifferent.asked() == [], "where nobody chose it, the score alone counts"


def test_in_a_mode_that_acts_a_name_counts_with_the_first_words(town: Town) -> None:
    story = town.group("Potters", Mode.SOFT)
    loud = town.arrives("buy FREE COINS t.me/x_example", story)
    story.says(loud, "hi")
    notice = story.hears("what weighs: the author's name; the words alone score 0.02")
    assert "COINS" not in notice["text"], "all can read it"
    muted = "restrictChatMember: buy FREE COINS t.me/x_example"
    assert story.asked() == ["deleteMessage: hi", muted, "sendMessage: Looks like spam in Potters"]
