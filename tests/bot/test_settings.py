"""The bot's settings: a token with a bot's id in it, and no webhook without its secret."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import BotSettings
from jobs.entry_point import settings_refusal

TOKEN = "123456:ABC-DEF"


def refusal(**values: Any) -> str:
    with pytest.raises(ValidationError) as error:
        BotSettings(**values)
    return settings_refusal(error.value)


def test_the_bots_id_is_read_from_its_token() -> None:
    assert BotSettings(telegram_token=TOKEN).bot_id == 123456


@pytest.mark.parametrize("token", ["nonsense", "123456", "123456:", ":ABC", "12a:ABC", "١٢٣:ABC", "-5:ABC"])
def test_a_token_of_another_shape_is_refused(token: str) -> None:
    assert refusal(telegram_token=token).startswith("HAMLET_TELEGRAM_TOKEN is not a bot token")


def test_the_token_is_read_from_the_environment_and_kept_from_view(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    settings = BotSettings()
    assert settings.bot_id == 123456
    assert "ABC-DEF" not in repr(settings)


def test_without_a_webhook_the_bot_polls() -> None:
    assert BotSettings(telegram_token=TOKEN).telegram_webhook_url is None


def test_a_webhook_needs_its_secret() -> None:
    error = refusal(telegram_token=TOKEN, telegram_webhook_url="https://spam.example/hook")
    assert "HAMLET_TELEGRAM_WEBHOOK_SECRET" in error


def test_a_webhook_with_its_secret_is_taken() -> None:
    webhook: dict[str, Any] = {"telegram_webhook_url": "https://spam.example/hook", "telegram_webhook_secret": "s3cret"}
    assert BotSettings(telegram_token=TOKEN, **webhook).telegram_webhook_url == "https://spam.example/hook"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("telegram_webhook_url", "http://spam.example/hook"),
        ("telegram_api_url", "ftp://api.example"),
        ("moderators_chat_id", 1001234567890),
        ("moderators_chat_id", 0),
        ("telegram_webhook_port", 0),
        ("telegram_webhook_port", 65536),
    ],
)
def test_a_wrong_address_or_port_is_refused_by_name(name: str, value: object) -> None:
    assert refusal(telegram_token=TOKEN, **{name: value}).startswith(f"HAMLET_{name.upper()} ")
