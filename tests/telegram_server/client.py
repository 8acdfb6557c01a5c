"""A client of the fake Telegram, and who is in its group."""

from __future__ import annotations

from typing import Any

import httpx

from tests.telegram_server import TOKEN, TelegramServer, user

GROUP = -1001
ANN, MAX = user(11, "Ann"), user(12, "Max")


class Api:
    """Calls the server as any client would."""

    def __init__(self, telegram: TelegramServer, token: str = TOKEN) -> None:
        self._base = f"{telegram.url}/bot{token}"

    def answer(self, method: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.post(
            f"{self._base}/{method}", data=parameters, timeout=10, trust_env=False
        ).json()
        return answer

    def __call__(self, method: str, **parameters: Any) -> Any:
        answer = self.answer(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, method: str, **parameters: Any) -> tuple[int, str]:
        answer = self.answer(method, **parameters)
        assert not answer["ok"], answer
        return answer["error_code"], answer["description"]
