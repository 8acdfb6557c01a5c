"""`hamlet tokens`, `hamlet import` and `hamlet export`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from cli import clients, labelled
from cli.app import app
from cli.errors import CommandError
from storage.errors import ClientExists, UnknownClient
from storage.formats import Format
from storage.models import Correction, Scope
from storage.session import reading
from tests.cli.conftest import Terminal
from tests.conftest import count
from tests.review.api.program import judge_once
from tests.storage import given

CSV = "text,label\nYou won a prize,spam\nlunch?,ham\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(CSV)
    return path


def test_a_token_is_printed_once_and_its_client_listed(home: Engine, terminal: Terminal) -> None:
    token = clients.add("forum", [Scope.CLASSIFY, Scope.READ], 60)
    clients.show(terminal.console)
    assert token.startswith("hamlet_")
    assert token not in terminal.said
    assert [word in terminal.said for word in ("forum", "classify, read", "60", "never", "good")] == [True] * 5


def test_no_client_is_said(home: Engine, terminal: Terminal) -> None:
    clients.show(terminal.console)
    assert "hamlet tokens add" in terminal.said


def test_a_revoked_client_is_listed_as_such(home: Engine, terminal: Terminal) -> None:
    clients.add("forum", [Scope.READ], 60)
    assert "forum" in clients.revoke("forum")
    clients.show(terminal.console)
    assert "revoked" in terminal.said


def test_wrong_names_are_refused(home: Engine) -> None:
    clients.add("forum", [Scope.READ], 60)
    with pytest.raises(ClientExists):
        clients.add("forum", [Scope.READ], 60)
    with pytest.raises(UnknownClient):
        clients.revoke("blog")


def test_the_commands_are_there(home: Engine) -> None:
    runner = CliRunner()
    made = runner.invoke(app, ["tokens", "add", "forum", "--scope", "classify", "--scope", "correct"])
    assert made.output.startswith("hamlet_")
    assert "classify, correct" in runner.invoke(app, ["tokens", "list"]).output
    assert runner.invoke(app, ["tokens", "add", "blog"]).exit_code == 2
    assert runner.invoke(app, ["tokens", "add", "blog", "--scope", "everything"]).exit_code == 2
    for command in ("import", "export"):
        assert runner.invoke(app, [command, "--help"]).exit_code == 0


def test_a_file_is_imported_once_however_often(home: Engine, terminal: Terminal, file: Path) -> None:
    for _ in range(2):
        labelled.import_labelled(terminal.console, file, None, None)
    assert "2 new samples" in terminal.said
    assert "2 were already known" in terminal.said
    assert count(home, "messages") == 2


def test_what_was_imported_teaches_and_can_be_exported(
    home: Engine, terminal: Terminal, file: Path, tmp_path: Path
) -> None:
    labelled.import_labelled(terminal.console, file, None, None)
    judge_once(home, given.version(home).id)
    labelled.export_labelled(Format.JSONL, tmp_path / "out.jsonl", None)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(line["text"], line["label"]) for line in lines] == [("You won a prize", "spam"), ("lunch?", "ham")]
    with reading(home) as session:
        assert all(actor.startswith("command:") for actor in session.scalars(select(Correction.actor)))


def test_an_export_without_a_file_goes_to_standard_output(home: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    labelled.export_labelled(Format.CSV, None, None)
    assert capsys.readouterr().out == "text,label,decided_at\r\n"


def test_lines_that_were_refused_are_named(home: Engine, terminal: Terminal, file: Path) -> None:
    file.write_text(CSV + "nothing,eggs\n")
    with pytest.raises(CommandError, match="1 lines were rejected"):
        labelled.import_labelled(terminal.console, file, None, None)
    assert "line 4: the label is neither spam nor ham" in terminal.said
    assert count(home, "messages") == 2


def test_standard_input_is_a_file(home: Engine) -> None:
    done = CliRunner().invoke(app, ["import", "-", "--format", "txt", "--label", "spam"], input="win\n")
    assert done.exit_code == 0
    assert count(home, "orders", "kind = 'spam'") == 1


@pytest.mark.parametrize(
    ("name", "kind", "label", "chosen"),
    [
        ("a.csv", None, None, Format.CSV),
        ("a.jsonl", None, None, Format.JSONL),
        ("a.txt", None, "ham", Format.HAM_TXT),
        ("a", "txt", "spam", Format.SPAM_TXT),
        ("spam-samples.txt", None, None, Format.SPAM_TXT),
        ("ham-samples.txt", None, None, Format.HAM_TXT),
        ("detected_spam.jsonl", None, None, Format.DETECTED_SPAM),
        ("a.csv", "jsonl", None, Format.JSONL),
    ],
)
def test_the_format_is_what_is_asked_for_or_what_the_name_says(
    name: str, kind: str | None, label: str | None, chosen: Format
) -> None:
    assert labelled.format_of(Path(name), kind, label) == chosen


@pytest.mark.parametrize(
    ("name", "kind", "label", "reason"),
    [
        ("a.txt", None, None, "--label spam"),
        ("a.txt", None, "eggs", "either spam or ham"),
        ("a.xml", None, None, "--format takes csv"),
        ("a", "xml", None, "--format takes csv"),
    ],
)
def test_an_unclear_format_is_refused_with_what_to_do(
    name: str, kind: str | None, label: str | None, reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        labelled.format_of(Path(name), kind, label)


def test_a_file_that_is_not_there_is_refused(home: Engine, terminal: Terminal, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        labelled.import_labelled(terminal.console, tmp_path / "none.csv", None, None)
    with pytest.raises(CommandError, match="cannot be written"):
        labelled.export_labelled(Format.CSV, tmp_path / "none" / "out.csv", None)
