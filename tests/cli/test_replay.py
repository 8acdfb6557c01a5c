"""`hamlet replay`: stored history judged by any version; the differences shown and exported."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from classifier.spam import SpamClassifier
from cli import replay
from cli.errors import CommandError
from cli.replay import ReplayRequest
from jobs import niceness
from storage.errors import UnknownVersion, VersionPruned
from storage.learning import erasure, pruning
from storage.models import Message, ModelVersion, Verdict
from storage.odds import shifts
from storage.session import transaction
from storage.types import ERASED
from tests import tiny
from tests.cli.conftest import Terminal, Version
from tests.storage import given

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = ["=1+1 [bold]buy", "see you", "claim\x1b[31m it", "good night"]


@pytest.fixture
def history(home: Engine, version: Version) -> list[int]:
    """Four messages a day apart, of which v1 flagged the first and the third. Returns their verdicts."""
    first = version("v1", promoted=True)
    version("strict", review=0.0)
    messages = [
        given.verdict(home, first, given.incoming(text, i), score=0.95 if i % 2 == 0 else 0.1)
        for i, text in enumerate(TEXTS)
    ]
    with home.begin() as connection:
        for i in range(len(TEXTS)):
            moment = {"received_at": FIRST + timedelta(days=i)}
            connection.execute(update(Message).where(Message.message_id == i).values(moment))
    return messages


def test_differences_are_counted_and_shown(home: Engine, history: list[int], terminal: Terminal) -> None:
    given.corrected(home, history[1], "ann", is_spam=False)
    replay.run(terminal.console, ReplayRequest("strict", FIRST, None, None))
    assert "4 texts judged again by strict: 2 flagged then and now, 2 only now, 0 only then." in terminal.said
    assert "Of 1 that moderators decided, right then: 1, now: 0." in terminal.said
    assert "see you" in terminal.said
    assert "good night" in terminal.said
    assert "buy" not in terminal.said, "both flagged it"


def test_a_regulars_text_is_judged_again_as_a_regulars(home: Engine, version: Version, terminal: Terminal) -> None:
    champion = version("v1", promoted=True)
    score = SpamClassifier(tiny.checkpoint()).score(["buy now"])[0]
    version("v2", review=score / 2)
    given.regular(home, champion)
    given.joined(home, 8)
    for number, author in ((1, 7), (2, 8)):
        message = given.incoming("buy now", number, author_id=author)
        given.verdict(home, champion, message, 0.1, shifts=shifts({}))
    with transaction(home) as session:
        session.execute(update(Message).where(Message.message_id > 9_000).values(text=ERASED))
    replay.run(terminal.console, ReplayRequest("v2", FIRST, None, None))
    assert "2 texts judged again by v2: 0 flagged then and now, 1 only now, 0 only then." in terminal.said


def test_only_the_days_asked_for_are_judged(home: Engine, history: list[int], terminal: Terminal) -> None:
    replay.run(terminal.console, ReplayRequest("strict", datetime(2026, 1, 2), datetime(2026, 1, 3), None))
    assert "1 texts judged again" in terminal.said
    assert "see you" in terminal.said


def test_what_only_the_champion_flagged_is_a_difference_too(
    home: Engine, history: list[int], version: Version, terminal: Terminal
) -> None:
    version("mild", review=1.0)
    replay.run(terminal.console, ReplayRequest("mild", FIRST, None, None))
    assert "0 flagged then and now, 0 only now, 2 only then." in terminal.said
    assert "=1+1 [bold]buy" in terminal.said
    assert "\x1b[31m" not in terminal.said, "a text does not steer the terminal"


def test_every_difference_is_exported(
    home: Engine, history: list[int], version: Version, terminal: Terminal, tmp_path: Path
) -> None:
    version("mild", review=1.0)
    for name in ("all.csv", "all.jsonl"):
        replay.run(terminal.console, ReplayRequest("mild", FIRST, None, tmp_path / name))
    with (tmp_path / "all.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ["'=1+1 [bold]buy", "claim\x1b[31m it"]
    assert [(row["then_version"], row["then_is_spam"], row["is_spam"]) for row in rows] == [("v1", "True", "False")] * 2
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert [line["text"] for line in lines] == [TEXTS[0], TEXTS[2]]
    assert [line["verdict_id"] for line in lines] == [history[0], history[2]]


def test_replaying_writes_no_verdict(home: Engine, history: list[int], terminal: Terminal) -> None:
    before = given.values(home, Message.state), given.values(home, Verdict.id)
    replay.run(terminal.console, ReplayRequest("strict", FIRST, None, None))
    assert (given.values(home, Message.state), given.values(home, Verdict.id)) == before


def test_erased_texts_are_not_judged(home: Engine, history: list[int], terminal: Terminal) -> None:
    with transaction(home) as session:
        erasure.erase(session, [2])
    replay.run(terminal.console, ReplayRequest("strict", FIRST, None, None))
    assert "3 texts judged again" in terminal.said


def test_nothing_to_judge_is_said(home: Engine, history: list[int], terminal: Terminal) -> None:
    replay.run(terminal.console, ReplayRequest("v1", datetime(2100, 1, 1), None, None))
    assert "No message with a verdict has been received since 2100-01-01" in terminal.said


@pytest.mark.parametrize("name", ["all.xlsx", "no/such/folder/all.csv"])
def test_a_file_that_cannot_be_written_is_refused(
    home: Engine, history: list[int], terminal: Terminal, tmp_path: Path, name: str
) -> None:
    with pytest.raises(CommandError, match="all"):
        replay.run(terminal.console, ReplayRequest("v1", FIRST, None, tmp_path / name))


def test_a_span_that_ends_before_it_begins_is_refused(home: Engine, history: list[int], terminal: Terminal) -> None:
    with pytest.raises(CommandError, match="there is nothing between"):
        replay.run(terminal.console, ReplayRequest("v1", FIRST, FIRST, None))


def test_versions_that_cannot_judge_are_refused(home: Engine, history: list[int], terminal: Terminal) -> None:
    with pytest.raises(UnknownVersion):
        replay.run(terminal.console, ReplayRequest("v9", FIRST, None, None))
    with transaction(home) as session:
        pruning.mark(session.get_one(ModelVersion, 2))
    with pytest.raises(VersionPruned):
        replay.run(terminal.console, ReplayRequest("strict", FIRST, None, None))


def test_it_is_behind_all_other_processes(home: Engine) -> None:
    """The version is unknown, so the command ends at once; its process has become nice before."""
    command = ["replay", "--version", "none", "--since", "2026-01-01"]
    code = f"import os; from cli import app\ntry: app.app({command})\nexcept BaseException: print(os.nice(0))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[-1]) == min(os.nice(0) + niceness.NICE, 19)
