"""Calls of the Bot API that end in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from bot.settings import BotSettings
from jobs import proxies

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 3.0
TIMEOUT = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)


@dataclass(frozen=True)
class Answer:
    """What the Bot API answered; `date` is the header's."""

    result: Any
    error: str | None
    code: int
    date: str | None


class Api:
    """Calls of the Bot API that end in time and never raise with the token in their words."""

    def __init__(self, settings: BotSettings) -> None:
        url = settings.telegram_api_url.rstrip("/")
        self._base = f"{url}/bot{settings.telegram_token.get_secret_value()}"
        self._client = httpx.Client(timeout=TIMEOUT, **proxies.options(url))

    def close(self) -> None:
        """End its connections, also those that calls wait for."""
        self._client.close()

    def call(self, method: str, **parameters: Any) -> Answer:
        """Raises NoAnswer."""
        try:
            response = self._client.post(f"{self._base}/{method}", json=parameters)
            body = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise NoAnswer(type(error).__name__) from None
        if not isinstance(body, dict):
            raise NoAnswer("an answer that is not Telegram's")
        refusal = None if body.get("ok") else str(body.get("description", response.status_code))
        return Answer(body.get("result"), refusal, response.status_code, response.headers.get("Date"))


class NoAnswer(Exception):
    """Telegram did not answer in time, or something else did."""
