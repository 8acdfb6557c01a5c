"""Takes secrets out of what is logged or printed, for an error's words are not ours."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from dotenv import dotenv_values

SHORTEST = 4  # characters; shorter ones would be taken out of ordinary words
SHORTEST_IN_LOGS = 8  # a log has many more ordinary words, and short passwords are among them
HIDDEN = "…"
SECRET_WORDS = ("TOKEN", "SECRET", "PASSWORD", "KEY", "DSN", "WEBHOOK_URL", "SECOND_OPINION_URL")
PASSWORD_WORDS = ("PASSWORD", "PASSWD", "SECRET", "TOKEN")  # in a parameter's name
OF_OTHERS = ("POSTGRES_PASSWORD", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")  # what libraries read
LONG_SEGMENT = 20  # letters and digits in a segment of a path, as a token has (see `storage/addresses.py`)
ADDRESSES = tuple(f"HAMLET_{name}_URL" for name in ("SPAMMER_LIST", "MODELS", "TRACES", "TELEGRAM_WEBHOOK"))


class Redaction:
    """Knows every secret of the settings and of databases and buckets, and the credentials of addresses and proxies."""

    def __init__(
        self, environment: Mapping[str, str | None], secret_names: Collection[str] = (), shortest: int = SHORTEST
    ) -> None:
        ours = {name: value for name, value in environment.items() if name.startswith("HAMLET_") and value}
        hidden = [value for name, value in ours.items() if name in secret_names or _is_secret(name)]
        hidden += [value for name in OF_OTHERS if (value := environment.get(name))]
        hidden += [part for name in ADDRESSES for part in secrets_in(ours.get(name) or "")]
        addresses = [*ours.values(), *urllib.request.getproxies().values()]
        hidden += [part for address in addresses for part in _credentials(address)]
        self._secrets = sorted({one for one in hidden if len(one) >= shortest}, key=len, reverse=True)

    def of(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def of_this_process() -> Redaction:
    """For a log: the secrets of the environment and of .env."""
    return Redaction({**dotenv_values(Path(".env")), **os.environ}, shortest=SHORTEST_IN_LOGS)


def _is_secret(name: str) -> bool:
    return any(word in name for word in SECRET_WORDS)


def _credentials(address: str) -> list[str]:
    """The passwords of an address, before its host and in its query, as they are written and as they are meant."""
    try:
        parts = urlsplit(address) if "://" in address else None
    except ValueError:
        return []
    if parts is None:
        return []
    pairs = [pair.partition("=") for pair in parts.query.split("&")]
    in_query = [value for name, _, value in pairs if any(word in name.upper() for word in PASSWORD_WORDS)]
    return [form for one in (parts.password, *in_query) if one for form in (one, unquote_plus(one), unquote(one))]


def secrets_in(address: str) -> list[str]:
    """What may be a secret in an address that is none as a whole: user, password, query, long segments of the path."""
    try:
        parts = urlsplit(address) if "://" in address else None
    except ValueError:  # not an address that can be looked into
        return [address]
    if parts is None:
        return []
    credentials = parts.netloc.rpartition("@")[0]
    secrets = [credentials, *credentials.split(":", 1), parts.query, parts.fragment]
    secrets += [value for _, value in parse_qsl(parts.query)]
    if parts.scheme != "file":  # the folders of this machine are no tokens
        secrets += [one for one in parts.path.split("/") if sum(map(str.isalnum, unquote(one))) >= LONG_SEGMENT]
    return [one for part in secrets if part for one in (part, unquote(part))]
