"""Fetches the files of pictures from Telegram, and no more of them than a photo may have."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from actions.picture_process import Unreadable

MOST_BYTES = 10_000_000  # of a photo, as Telegram itself allows
SECONDS = 5.0  # for each of connecting, sending and waiting
DOWNLOAD_SECONDS = 10.0


@dataclass(frozen=True)
class Files:
    """Telegram's files, as a bot of this token gets them; `options` are the client's (see `jobs/proxies.py`)."""

    api: str
    token: str = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict)

    def fetch(self, file_id: str) -> bytes:
        """The file of that id. Raises Unreadable, which never repeats an address, for these hold the token."""
        try:
            with httpx.Client(timeout=SECONDS, **self.options) as client:
                return self._download(client, self._path(client, file_id))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreadable(f"Telegram is out of reach ({type(error).__name__})", is_final=False) from None

    def _path(self, client: httpx.Client, file_id: str) -> str:
        """Where the file is, by Telegram's `getFile`."""
        response = client.post(f"{self.api}/bot{self.token}/getFile", data={"file_id": file_id})
        if response.status_code not in (200, 400):
            raise Unreadable(f"Telegram answers {response.status_code}", is_final=False)
        try:
            result = response.json().get("result") or {}
            path, size = result.get("file_path"), int(result.get("file_size") or 0)
        except (ValueError, TypeError, AttributeError):
            raise Unreadable("Telegram's answer is not understood") from None
        if size > MOST_BYTES:
            raise Unreadable(_too_large())
        if not isinstance(path, str) or path.startswith("/"):
            raise Unreadable("Telegram does not offer the file")
        return path

    def _download(self, client: httpx.Client, path: str) -> bytes:
        until, data = time.monotonic() + DOWNLOAD_SECONDS, bytearray()
        with client.stream("GET", f"{self.api}/file/bot{self.token}/{quote(path)}") as response:
            if response.status_code != 200:
                raise Unreadable(f"Telegram answers {response.status_code}", is_final=response.status_code == 404)
            for part in response.iter_raw():
                data += part
                if len(data) > MOST_BYTES:
                    raise Unreadable(_too_large())
                if time.monotonic() > until:
                    raise Unreadable("fetching it took too long", is_final=False)
        return bytes(data)


def _too_large() -> str:
    return f"it has more than {MOST_BYTES // 1_000_000} MB"
