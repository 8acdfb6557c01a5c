"""`hamlet classify`: any number of texts, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog
from rich.cells import cell_len
from sqlalchemy import Engine
from typer.testing import CliRunner

from cli import app
from cli.console import printable
from cli.errors import CommandError
from tests.cli.conftest import Version

TEXTS = ("FREE USDT AIRDROP, connect your wallet", "Продаю диван, самовывоз, 5000 руб.", "出售飞机老号，" * 30)


def classified(*arguments: str, columns: int = 60) -> list[str]:
    """The lines that `hamlet classify` prints on a terminal of so many columns."""
    done = CliRunner().invoke(app.app, ["classify", *arguments], env={"COLUMNS": str(columns)}, catch_exceptions=False)
    return done.stdout.splitlines()


def test_each_text_has_a_line_of_its_own_with_score_and_side(home: Engine, version: Version) -> None:
    version("v1", promoted=True, review=0.0)
    heading, *lines = classified(*TEXTS)
    assert heading.split() == ["score", "side", "text", "(judged", "by", "v1)"]
    assert [line.split(maxsplit=2)[1] for line in lines] == ["spam"] * 3
    assert all(0 <= float(line.split()[0]) <= 1 for line in lines)
    assert lines[1].endswith(TEXTS[1])


def test_what_is_not_flagged_is_no_spam(home: Engine, version: Version) -> None:
    version("v1", promoted=True, review=1.0)
    assert classified("hello")[1][7:15] == "not spam"


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_no_line_is_wider_than_the_terminal(home: Engine, version: Version, columns: int) -> None:
    version("v1", promoted=True)
    widths = [cell_len(line) for line in classified(*TEXTS, columns=columns)[1:]]
    assert max(widths) <= columns
    assert max(widths) > columns - 3, "the room there is is used"


def test_programs_get_one_object_a_line_with_the_whole_text(home: Engine, version: Version) -> None:
    version("v1", promoted=True, review=0.0)
    answers = [json.loads(line) for line in classified(*TEXTS, "--json")]
    assert [answer["text"] for answer in answers] == list(TEXTS)
    assert {(answer["is_spam"], answer["model_version"]) for answer in answers} == {(True, "v1")}


def test_a_file_has_one_message_a_line(home: Engine, version: Version, tmp_path: Path) -> None:
    version("v1", promoted=True)
    path = tmp_path / "messages.txt"
    path.write_text("\r\n".join(TEXTS) + "\n", encoding="utf-8")
    assert [json.loads(line)["text"] for line in classified("--file", str(path), "--json")] == list(TEXTS)


def test_a_text_without_a_score_has_its_reason_and_disturbs_no_other(home: Engine, version: Version) -> None:
    version("v1", promoted=True, review=0.0)
    _, nothing, fine = classified("\u200b", "hello")
    assert "no score" in nothing
    assert "spam" in fine
    assert json.loads(classified("\u200b", "--json")[0])["error"]


def test_what_is_logged_meanwhile_is_not_among_the_answers(
    home: Engine, version: Version, capsys: pytest.CaptureFixture[str]
) -> None:
    version("v1", promoted=True)
    classified("hello")
    structlog.get_logger().warning("a warning")
    printed = capsys.readouterr()
    assert "a warning" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("arguments", [(), ("a text", "--file", "messages.txt")])
def test_texts_and_a_file_are_not_taken_together_nor_neither(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="either texts or --file"):
        classified(*arguments)


def test_without_a_version_that_serves_it_says_what_to_do(home: Engine) -> None:
    with pytest.raises(CommandError, match="hamlet train"):
        classified("hello")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines", "two lines"),
        ("al\x1b[31mert", "al\ufffd[31mert"),
        ("twelve chars", "twelve chars"),
        ("thirteen char", "thirteen ch…"),
        ("漢字漢字漢字漢", "漢字漢字漢…"),
    ],
)
def test_a_text_is_shown_on_one_line_within_its_room(text: str, shown: str) -> None:
    assert printable(text, 12) == shown
