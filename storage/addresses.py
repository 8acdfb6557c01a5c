"""What of a setting's address may be a secret: its user and password, its query, long segments of its path. Pure."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

HIDDEN = "…"
LONG_SEGMENT = 20  # letters and digits in a segment of a path, which is more than most names and fewer than a token has
SHORTEST = 4  # characters of what is looked for in a text of other words


def secrets_in(address: str) -> list[str]:
    """The parts that may be secrets, as they are written and as they are meant; all of what cannot be looked into."""
    try:
        parts = urlsplit(address) if "://" in address else None
    except ValueError:
        return [address]
    if parts is None:
        return []
    user, _, password = _credentials(parts).partition(":")
    secrets = [_credentials(parts), user, password, parts.query, parts.fragment]
    secrets += [value for _, value in parse_qsl(parts.query)]
    secrets += [segment for segment in parts.path.split("/") if _is_long(parts, segment)]
    return [one for part in secrets if part for one in dict.fromkeys((part, unquote(part)))]


def shown(address: str) -> str:
    """The address without its secrets."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    kept = parts._replace(
        netloc=f"{HIDDEN}@{host}" if _credentials(parts) else host,
        path="/".join(HIDDEN if _is_long(parts, segment) else segment for segment in parts.path.split("/")),
        query=HIDDEN if parts.query else "",
        fragment=HIDDEN if parts.fragment else "",
    )
    return kept.geturl()


def without_secrets(text: str, address: str) -> str:
    """The text, which may repeat the address or a part of it, without the address's secrets."""
    text = text.replace(address, shown(address))
    for secret in sorted(secrets_in(address), key=len, reverse=True):
        text = text.replace(secret, HIDDEN) if len(secret) >= SHORTEST else text
    return text


def _credentials(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[0]


def _is_long(parts: SplitResult, segment: str) -> bool:
    """Whether a segment may be a token. The folders of this machine are none."""
    return parts.scheme != "file" and sum(letter.isalnum() for letter in unquote(segment)) >= LONG_SEGMENT
