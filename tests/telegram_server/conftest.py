"""A fake Telegram with a group, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.telegram_server import TelegramServer
from tests.telegram_server.client import ANN, GROUP, MAX, Api


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        server.add_group(GROUP, "Gardeners")
        server.join(GROUP, ANN, "administrator", can_delete_messages=True)
        server.join(GROUP, MAX)
        yield server


@pytest.fixture
def api(telegram: TelegramServer) -> Api:
    return Api(telegram)
