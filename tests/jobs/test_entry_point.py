"""How a process refuses to start: one sentence a setting, exit code 2, and never a secret."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from bot.settings import BotSettings
from jobs.entry_point import refuse, refusing, settings_refusal
from jobs.settings import JobsSettings
from storage.settings import StorageSettings

SECRET = "s3cret-that-nobody-may-see"


def refusal(kind: type[BaseSettings], **values: Any) -> str:
    with pytest.raises(ValidationError) as error:
        kind(**values)
    return settings_refusal(error.value)


def test_a_refusal_is_one_line_on_standard_error_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        refuse("the moon is full")
    assert end.value.code == 2
    assert capsys.readouterr() == ("", "hamlet: the moon is full\n")


def test_wrong_settings_are_refused_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HAMLET_LOG_LEVEL", "LOUD")
    with pytest.raises(SystemExit), refusing():
        JobsSettings()
    assert capsys.readouterr().err.startswith("hamlet: HAMLET_LOG_LEVEL input should be 'DEBUG'")


def test_other_errors_are_not_refusals() -> None:
    with pytest.raises(ZeroDivisionError), refusing():
        _ = 1 / 0


def test_every_wrong_setting_is_named() -> None:
    sentence = refusal(JobsSettings, log_level="LOUD", log_format="xml")
    assert "HAMLET_LOG_LEVEL" in sentence
    assert "; HAMLET_LOG_FORMAT" in sentence


WEBHOOK = {"telegram_token": f"123:{SECRET}", "telegram_webhook_url": "https://example.org"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (StorageSettings, {"database_url": f"mysql://ann:{SECRET}@host/x"}),
        (JobsSettings, {"broker_url": f"amqp://ann:{SECRET}@host"}),
        (BotSettings, {"telegram_token": SECRET}),
        (BotSettings, {"telegram_token": f"123:{SECRET}", "telegram_webhook_port": 0}),
        (BotSettings, {"telegram_token": ["x"], "telegram_webhook_secret": [SECRET]}),
        pytest.param(BotSettings, WEBHOOK),
    ],
)
def test_a_secret_is_never_shown(kind: type[BaseSettings], values: dict[str, Any]) -> None:
    assert SECRET not in refusal(kind, **values)


def test_a_missing_setting_is_not_said_to_be_set() -> None:
    assert "set to" not in refusal(BotSettings)


@pytest.mark.parametrize(("codes", "expected"), [((), 2), ((1,), 1)])
def test_a_refusal_ends_with_its_code(
    codes: tuple[int, ...], expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        refuse("it is too late", *codes)
    assert ended.value.code == expected
    assert capsys.readouterr().err == "hamlet: it is too late\n"
