"""`hamlet import` of a chat's past: what it says, and files that are something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli import history, labelled
from cli.errors import CommandError
from cli.history import is_export
from storage.errors import NotAnExport
from storage.models import AuditEntry, Message, MessageState
from tests.cli.conftest import Terminal
from tests.storage import given
from tests.storage.exports import export, said, service

MANY = [said(number) for number in range(1, 6)]


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "result.json"
    path.write_bytes(content)
    return path


def test_it_says_what_was_taken_what_was_known_and_what_was_left_out(
    home: Engine, terminal: Terminal, tmp_path: Path
) -> None:
    file = written(tmp_path, export(*MANY, service(6), service(7), said(8, "")))
    history.import_chat(terminal.console, file)
    history.import_chat(terminal.console, file)
    first, second = terminal.said.splitlines()
    assert first == (
        "5 messages of a group taken, 0 known already; left out: 2 service messages, 1 without a text. "
        "Authors in good standing there now: 1."
    )
    assert second.startswith("0 messages of a group taken, 5 known already")
    assert given.values(home, Message.state) == [MessageState.HISTORY] * 5
    assert [entry.split()[0] for entry in given.values(home, AuditEntry.detail)] == ["5", "0"]


def test_of_what_is_cut_short_the_part_is_kept_and_the_command_fails(
    home: Engine, terminal: Terminal, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="cut short or damaged"):
        history.import_chat(terminal.console, written(tmp_path, export(*MANY)[:-50]))
    assert "4 messages of a group taken" in terminal.said


def test_what_is_no_export_and_what_is_not_there_are_refused(home: Engine, terminal: Terminal, tmp_path: Path) -> None:
    with pytest.raises(NotAnExport, match="it is HTML"):
        history.import_chat(terminal.console, written(tmp_path, b"<html>"))
    with pytest.raises(CommandError, match="cannot be read"):
        history.import_chat(terminal.console, tmp_path / "missing.json")


def test_a_long_import_says_how_far_it_is_where_there_is_no_terminal(
    home: Engine, terminal: Terminal, tmp_path: Path
) -> None:
    many = written(tmp_path, export(*(said(number) for number in range(1, 1_101))))
    history.import_chat(terminal.console, many, report_every=500)
    assert [line.strip() for line in terminal.said.splitlines()[:2]] == ["500 messages read", "1,000 messages read"]


@pytest.mark.parametrize(
    ("name", "kind", "is_one"),
    [("result.json", None, True), ("-", "telegram-json", True), ("a.csv", None, False), ("a.json", "jsonl", False)],
)
def test_an_export_is_known_by_its_name_or_is_called_one(name: str, kind: str | None, is_one: bool) -> None:
    assert is_export(Path(name), kind) is is_one


def test_a_format_that_is_not_known_is_told_all_that_are() -> None:
    with pytest.raises(CommandError, match="telegram-json"):
        labelled.format_of(Path("a.xml"), None, None)
