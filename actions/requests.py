"""The connection of the actions process: a post has longer to be answered, and one that is not answered says so."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx
from telegram.error import NetworkError

from actions.outcomes import Unanswered
from telegram_ui.requests import CountedRequest, method_of

POST_SECONDS = 20.0  # that Telegram may take to answer a post; python-telegram-bot's own 5 are too few when it is busy
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class PatientRequest(CountedRequest):
    """python-telegram-bot's connection, which knows that a post may stand in the chat although no answer came."""

    def __init__(self, post_seconds: float = POST_SECONDS, **options: Any) -> None:
        super().__init__(**options)
        self._post_seconds = post_seconds

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Raises Unanswered for a post that was sent, at least in part, and not answered."""
        if not method_of(url).startswith("send"):
            return await super().do_request(url, *args, **kwargs)
        try:
            status, body = await super().do_request(url, *args, **kwargs | {"read_timeout": self._post_seconds})
        except NetworkError as error:
            if isinstance(error.__cause__, NOT_SENT):
                raise
            raise Unanswered(error.message) from error
        if status == HTTPStatus.GATEWAY_TIMEOUT:  # whoever stands before Telegram got no answer
            raise Unanswered("Gateway Timeout")
        return status, body
