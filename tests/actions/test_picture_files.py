"""Pictures are fetched from Telegram, and no more of them than a photo may have; no reason repeats the token."""

from __future__ import annotations

import pytest

from actions.picture_files import MOST_BYTES, Files
from actions.picture_process import Unreadable
from tests.telegram_server import TOKEN, Refused, TelegramServer

NO_PROXY = {"trust_env": False}


def files(telegram: TelegramServer, token: str = TOKEN) -> Files:
    return Files(telegram.url, token, NO_PROXY)


def refused(fetched_by: Files, file_id: str = "p") -> Unreadable:
    with pytest.raises(Unreadable) as error:
        fetched_by.fetch(file_id)
    assert str(error.value).startswith("could not be read: ")
    assert TOKEN not in str(error.value)
    return error.value


def test_a_picture_is_fetched(telegram: TelegramServer) -> None:
    telegram.files["p"] = b"a picture"
    assert files(telegram).fetch("p") == b"a picture"


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 20_000_001])
def test_one_that_is_too_large_is_not_fetched(telegram: TelegramServer, size: int) -> None:
    telegram.files["p"] = b"\0" * size
    assert refused(files(telegram)).is_final


def test_the_bytes_are_counted_whatever_telegram_says(telegram: TelegramServer) -> None:
    telegram.files["p"] = b"\0" * (MOST_BYTES + 1)
    telegram.file_sizes["p"] = 10
    error = refused(files(telegram))
    assert (error.is_final, "more than 10 MB" in str(error)) == (True, True)


def test_one_that_telegram_does_not_know_is_given_up(telegram: TelegramServer) -> None:
    assert refused(files(telegram), "unknown").is_final


def test_a_wait_and_an_outage_are_tried_again(telegram: TelegramServer) -> None:
    telegram.files["p"] = b"a picture"
    telegram.fail_next("getFile", Refused(429, "Too Many Requests: retry after 5", retry_after=5))
    assert not refused(files(telegram)).is_final
    assert not refused(Files("http://127.0.0.1:9", TOKEN, NO_PROXY)).is_final
