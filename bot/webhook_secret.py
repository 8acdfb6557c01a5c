"""The secret that Telegram repeats with each update, compared in constant time."""

from __future__ import annotations

import hmac


class WebhookSecret(str):
    """The library compares what a request holds with `!=`, which takes longer the more letters are right.

    Python asks the operand of the subclass first, on whichever side it stands.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and hmac.compare_digest(_bytes(self), _bytes(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
