"""Takes secrets out of what is printed, for an error's words are not ours."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from cli.backup import stated

SHORTEST = 4  # characters; shorter ones would be taken out of ordinary words
HIDDEN = "…"


class Redaction:
    """Knows every secret of the settings, and the credentials of addresses and proxies."""

    def __init__(self, environment: Mapping[str, str | None]) -> None:
        values, names = stated.stated(environment)
        hidden = [environment.get(name) or "" for name in names]
        addresses = [*hidden, *values.values(), *urllib.request.getproxies().values()]
        hidden += [part for address in addresses for part in _credentials(address)]
        self._secrets = sorted({one for one in hidden if len(one) >= SHORTEST}, key=len, reverse=True)

    def of(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def _credentials(address: str) -> list[str]:
    """The password of an address, as it is written and as it is meant."""
    try:
        password = urlsplit(address).password if "://" in address else None
    except ValueError:
        return []
    return [password, unquote(password)] if password else []
