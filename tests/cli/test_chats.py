"""`hamlet chats` and `hamlet strictness`: what a chat has chosen, and choosing it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from cli import chats, database
from cli.errors import CommandError
from storage.errors import UnknownChat
from storage.moderation import receiving
from storage.session import open_engine, transaction
from storage.settings import StorageSettings
from tests.storage import given


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_HOME", str(tmp_path))
    monkeypatch.setenv("HAMLET_DATABASE_URL", "")
    database.migrate()


def shown() -> str:
    console = Console(file=io.StringIO(), width=120)
    chats.show(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def receive() -> None:
    with transaction(open_engine(StorageSettings().address)) as session:
        receiving.receive(session, given.incoming(chat_title="[bold]Anna's group"))


def test_no_chat_is_said() -> None:
    assert "no chat yet" in shown()


def test_a_chosen_strictness_is_shown() -> None:
    receive()
    assert "normal" in shown()
    assert "Anna's group" in chats.choose_strictness(1, "strict")
    assert "strict" in shown()
    assert "[bold]Anna's group" in shown()


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CommandError, match="cautious, normal, strict"):
        chats.choose_strictness(1, "harsh")


def test_an_unknown_chat_is_refused() -> None:
    with pytest.raises(UnknownChat, match="hamlet chats"):
        chats.choose_strictness(7, "strict")
