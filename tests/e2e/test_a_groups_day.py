"""A group's day with hamlet, every command and button through the real processes; printed as a transcript (`-rP`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.session import open_engine
from tests.conftest import count
from tests.e2e.conftest import HAM, SPAM, tiny_settings
from tests.e2e.told import Story
from tests.processes import Processes, free_port
from tests.telegram_server import TOKEN, TelegramServer, user

pytestmark = pytest.mark.processes

GROUP, MODERATORS = -1001, -1002
ANN, MAX, BOB, EVE = user(11, "Ann"), user(12, "Max"), user(14, "Bob"), user(13, "Eve")
WON = SPAM.format("Zoe", 750, 1234)


@pytest.fixture
def story() -> Iterator[Story]:
    with TelegramServer() as telegram:
        telegram.add_group(GROUP, "Gardeners")
        telegram.add_group(MODERATORS, "Moderators of Gardeners")
        for chat in (GROUP, MODERATORS):
            telegram.join(chat, ANN, "administrator", can_delete_messages=True, can_restrict_members=True)
        for who in (MAX, BOB):
            telegram.join(GROUP, who)
        telegram.arrive(GROUP, EVE)
        yield Story(telegram, GROUP, MODERATORS)


def test_a_groups_day(home_folder: Path, story: Story) -> None:
    settings = {
        "HAMLET_TELEGRAM_TOKEN": TOKEN,
        "HAMLET_TELEGRAM_API_URL": story.telegram.url,
        "HAMLET_PORT": str(free_port()),
    } | tiny_settings(home_folder)
    with Processes(home_folder, **settings) as processes:
        processes.run_hamlet()
        setting_up(story)
        acting_and_taking_back(story)
        engine = open_engine(f"sqlite:///{processes.home / 'hamlet.sqlite3'}")
        is_quiet = partial(all_judged, story, engine)
        members_help(story, is_quiet)
        moderators_command(story, is_quiet)
        members_have_rights(story)
        engine.dispose()


def all_judged(story: Story, engine: Engine) -> bool:
    """Nothing waits at Telegram, with the bot or with the worker."""
    waits = (("updates", "handled_at IS NULL"), ("messages", "state = 'pending'"))
    return story.telegram.waiting == 0 and not any(count(engine, *rows) for rows in waits)


def setting_up(story: Story) -> None:
    story.says(ANN, "/start")
    checklist = story.hears("✓ I may delete messages")
    said = story.presses(ANN, checklist, "Link a moderators' chat")
    [code] = re.findall(r"/link \S+", said)
    story.says(ANN, code, MODERATORS)
    story.hears("Linked: notices of Gardeners come here", MODERATORS)
    story.says(ANN, "/settings")
    menu = story.hears("Settings of Gardeners")
    assert "I offer it after 200" in story.presses(ANN, menu, "enforce")
    assert "Only moderators" in story.presses(MAX, menu, "soft")
    story.presses(ANN, menu, "soft")
    story.hears("Mode: soft")


def acting_and_taking_back(story: Story) -> None:
    ham = story.says(MAX, HAM.format("Zoe", 7, "cake"))
    spam = story.says(EVE, WON)
    story.sees("the spam is gone", lambda: not story.stands(spam))
    story.sees("Eve may not write", lambda: story.telegram.status(GROUP, EVE) == "restricted")
    assert story.stands(ham)
    notice = story.hears("Looks like spam in Gardeners", MODERATORS)
    assert "Only moderators" in story.presses(MAX, notice, "Not spam")
    assert "score" in story.presses(ANN, notice, "Why?")
    story.hears("Strongest n-grams:", MODERATORS)
    story.presses(ANN, notice, "Not spam")
    story.sees("Eve may write again", lambda: story.telegram.status(GROUP, EVE) == "member")
    story.hears("✓ Ann: not spam", MODERATORS)


def members_help(story: Story, is_quiet: Callable[[], bool]) -> None:
    for number in range(1, 7):
        for who in (MAX, BOB):
            story.says(who, HAM.format(who["first_name"], number, "bread"))
    story.sees("all of it is judged", is_quiet)
    missed = story.says(EVE, HAM.format("Yan", 8, "ladder"))
    story.says(EVE, "/report", to=missed)
    for who in (MAX, BOB):
        story.says(who, "/report", to=missed)
    notice = story.hears("2 members report this in Gardeners", MODERATORS)
    story.presses(ANN, notice, "Spam")
    story.sees("what was reported is gone", lambda: not story.stands(missed))


def moderators_command(story: Story, is_quiet: Callable[[], bool]) -> None:
    warned, ignored = (story.says(BOB, HAM.format("Kim", n, "tea")) for n in (3, 4))
    story.sees("both are judged", is_quiet)
    story.says(ANN, "/why", to=ignored)
    story.hears("score")
    story.says(ANN, "warn", to=warned)
    story.hears("Bob, a moderator removed your message")
    story.says(ANN, "/pause")
    story.hears("Paused by Ann")
    story.says(ANN, "/status")
    story.hears("Last 7 days:")
    story.says(ANN, "/resume")
    story.hears("Resumed by Ann.")
    story.says(ANN, "/ban", to=ignored)
    story.sees("Bob is banned", lambda: story.telegram.status(GROUP, BOB) == "kicked")
    bad = story.says(MAX, HAM.format("Lea", 5, "rake"))
    story.says(ANN, "/spam", to=bad)
    story.sees("Max may not write", lambda: story.telegram.status(GROUP, MAX) == "restricted")
    story.says(ANN, "/ham", to=story.says(EVE, HAM.format("Lea", 6, "rake")))
    story.says(ANN, "/retrain", MODERATORS)
    story.hears("is queued. Its version serves only if it passes the gate", MODERATORS)


def members_have_rights(story: Story) -> None:
    story.says(MAX, "/start", MAX["id"])
    story.hears("I flag spam in groups", MAX["id"])
    story.says(MAX, "/appeal it was a rake", MAX["id"])
    story.hears("The moderators will see your case again.", MAX["id"])
    story.hears("Appeal: it was a rake", MODERATORS)
    story.says(MAX, "/mydata", MAX["id"])
    story.hears("of your messages", MAX["id"])
    story.says(MAX, "/forget", MAX["id"])
    story.hears("/forget yes erases", MAX["id"])
    story.says(MAX, "/forget yes", MAX["id"])
    story.hears("texts erased", MAX["id"])
