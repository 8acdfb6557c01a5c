"""Whoever asks to be forgotten is in no table and no file: see docs/privacy.md for what is kept of a spammer's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.models import Correction, Explanation, Message, Mode, Update
from tests.bot.sanction_stories import press
from tests.bot.stories import GROUP, spam
from tests.bot.world import World
from tests.security.members_traces import EVE, NAMES, NUMBER, PLACES, TRACES, WORDS, in_files, in_tables, live
from tests.storage import given

pytestmark = pytest.mark.stories


def forget(world: World) -> None:
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()


def test_she_is_wherever_the_test_looks_for_her_before(world: World, tmp_path: Path) -> None:
    live(world)
    tables = {table for table, _ in in_tables(world)}
    assert ("actions", "Quibblestone") in in_tables(world), "the warning names her"
    assert tables >= {place.__tablename__ for place in PLACES} | {
        "audit_entries",
        "earlier_texts",
        "pictures",
        "updates",
    }
    assert {trace for _, trace in in_tables(world)} == set(TRACES)
    assert {trace for _, trace in in_files(world, tmp_path)} >= {*NAMES, *WORDS}


def test_no_table_holds_her_words_names_or_number_afterwards(world: World) -> None:
    live(world)
    forget(world)
    assert in_tables(world) == set()
    assert not any("Quibblestone" in message.get("text", "") for message in world.telegram.sent_to(GROUP))


def test_no_file_holds_her_words_or_names_afterwards(world: World, tmp_path: Path) -> None:
    live(world)
    forget(world)
    assert in_files(world, tmp_path) == set()


def test_what_is_known_of_others_stays(world: World) -> None:
    live(world)
    forget(world)
    assert "maybe not" in given.values(world.engine, Message.text)
    assert [row for row in given.values(world.engine, Explanation.nearest) if row] == []
    assert len(given.values(world.engine, Explanation.verdict_id)) == 1, "another's explanation, without her text"
    assert set(map(str, given.values(world.engine, Update.payload))) == {"{}"}, "rows stay: none is handled twice"


def test_of_spam_the_words_stay_and_nothing_else(world: World) -> None:
    world.telegram.join(GROUP, EVE)
    spam(world, Mode.TRAINING, EVE, "buy quokkafish")
    press(world, "Spam")
    forget(world)
    assert in_tables(world) == {("messages", "quokkafish"), ("messages", str(NUMBER))}, "the ban needs the number"
    assert given.values(world.engine, Correction.state) == ["accepted"]


def test_of_a_flag_that_moderators_took_back_nothing_stays(world: World) -> None:
    world.telegram.join(GROUP, EVE)
    spam(world, Mode.TRAINING, EVE, "buy quokkafish")
    press(world, "Spam")
    press(world, "Not spam")
    forget(world)
    assert in_tables(world) == set()
    assert world.telegram.status(GROUP, EVE) != "kicked"
