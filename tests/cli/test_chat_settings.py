"""`hamlet chats export` and `import`: a chat's settings and rules move as a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from cli import app
from cli.errors import CommandError
from storage.access import chats
from storage.errors import EnforceTooSoon, NotSettings, UnknownChat, UnsuitableSetting
from storage.models import Chat, Mode, RuleEffect, RuleKind
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.session import reading, transaction


@pytest.fixture
def two_chats(home: Engine) -> Engine:
    with transaction(home) as session:
        for number in (-1, -2):
            chats.on_telegram(session, number)
        chats.choose(session, 1, "mode", Mode.SOFT)
        chats.choose(session, 1, "spam_removes", "chat")
        rules.add(session, 1, [NewRule(RuleKind.WORDS, RuleEffect.FLAG, "казино", "asked for")], "ann")
    return home


def run(*arguments: str, stdin: str | None = None) -> str:
    return CliRunner().invoke(app.app, ["chats", *arguments], input=stdin, catch_exceptions=False).stdout


def test_another_chat_takes_settings_and_rules_over(two_chats: Engine, tmp_path: Path) -> None:
    file = tmp_path / "chat.json"
    run("export", "1", "--out", str(file))
    assert "1 new rule" in run("import", "2", str(file))
    with reading(two_chats) as session:
        chat = session.get_one(Chat, 2)
        assert (chat.mode, chat.chosen.spam_removes) == (Mode.SOFT, "chat")
        assert [(rule.pattern, rule.reason) for rule in rules.every(session, 2)] == [("казино", "asked for")]


def test_what_a_chat_refuses_and_its_time_zone_move_too(two_chats: Engine) -> None:
    with transaction(two_chats) as session:
        for field, value in (("asks_second_opinion", "no"), ("informs_webhook", "no"), ("time_zone", "Asia/Almaty")):
            chats.choose(session, 1, field, value)
    run("import", "2", "-", stdin=run("export", "1"))
    with reading(two_chats) as session:
        chosen = session.get_one(Chat, 2).chosen
    assert (chosen.asks_second_opinion, chosen.informs_webhook, chosen.time_zone) == (False, False, "Asia/Almaty")


def test_what_goes_out_comes_in_again(two_chats: Engine) -> None:
    text = run("export", "1")
    run("import", "2", "-", stdin=text)
    assert json.loads(run("export", "2")) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "error", "why"),
    [
        ("not json", NotSettings, "the file"),
        ('{"mode": "harsh"}', NotSettings, "mode"),
        ('{"nothing": 1}', NotSettings, "nothing"),
        ('{"settings": {"colour": "red"}}', NotSettings, "no setting 'colour'"),
        ('{"settings": {"spam_removes": "all"}}', UnsuitableSetting, "spam_removes cannot be 'all'"),
        (
            '{"settings": {"asks_second_opinion": "perhaps"}}',
            UnsuitableSetting,
            "asks_second_opinion cannot be 'perhaps'",
        ),
        ('{"settings": {"time_zone": "Asia/Atlantis"}}', UnsuitableSetting, "time_zone cannot be 'Asia/Atlantis'"),
        ('{"settings": {"rules_revision": "x"}}', NotSettings, "no setting"),
        ('{"mode": "enforce"}', EnforceTooSoon, "200 accepted"),
        ('{"rules": [{"kind": "regex", "effect": "flag", "pattern": "("}]}', CommandError, "at character"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_changes_nothing(
    two_chats: Engine, tmp_path: Path, text: str, error: type[Exception], why: str
) -> None:
    before, file = run("export", "2"), tmp_path / "chat.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=why):
        run("import", "2", str(file))
    assert run("export", "2") == before


def test_an_unknown_chat_is_said(two_chats: Engine) -> None:
    with pytest.raises(UnknownChat):
        run("export", "9")


def test_the_chats_are_listed_without_more_words(two_chats: Engine) -> None:
    assert "-1" in run()
