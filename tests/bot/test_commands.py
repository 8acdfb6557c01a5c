"""Which command a message begins with, and for which bot it is."""

from __future__ import annotations

from typing import Any

import pytest

from bot.handlers.commands import command_of
from tests.bot.given_updates import said


def command(text: str, length: int, offset: int = 0, kind: str = "bot_command") -> tuple[str, list[str]] | None:
    entities: list[dict[str, Any]] = [{"type": kind, "offset": offset, "length": length}]
    message = said(text=text, entities=entities).message
    assert message is not None
    return command_of(message, "hamlet_bot")


@pytest.mark.parametrize(
    ("text", "length"), [("/Link a  b", 5), ("/link@hamlet_bot a b", 16), ("/link@HAMLET_bot a\nb", 16)]
)
def test_a_command_has_a_name_and_arguments(text: str, length: int) -> None:
    assert command(text, length) == ("link", ["a", "b"])


def test_another_bots_command_is_none() -> None:
    assert command("/link@other_bot a", 15) is None


def test_a_command_in_the_middle_is_none() -> None:
    assert command("say /link", 5, offset=4) is None


def test_a_bold_beginning_is_no_command() -> None:
    assert command("/link", 5, kind="bold") is None


def test_a_message_without_entities_is_no_command() -> None:
    message = said(text="/link").message
    assert message is not None
    assert command_of(message, "hamlet_bot") is None
