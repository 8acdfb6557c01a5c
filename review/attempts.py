"""How often one address may fail with tokens that open nothing.

In memory, as it only spares the database. An address that failed too often waits, except with a token that was valid
here lately: behind one proxy, clients and moderators share an address, and a stranger there must not lock them out.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from fastapi import Request

MOST_FAILURES = 30  # of one address within WITHIN_SECONDS
WITHIN_SECONDS = 60.0
MOST_REMEMBERED = 10_000  # addresses, and tokens; the ones longest unseen are forgotten first

Key = TypeVar("Key")
Value = TypeVar("Value")


class Attempts:
    """The failures of each address within the last minute, and which tokens were valid lately, by their digests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_remembered: int = MOST_REMEMBERED) -> None:
        self._clock, self._most = clock, most_remembered
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._valid: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str, token: str) -> int:
        """Seconds until that address may try this token; 0 where it may now."""
        with self._lock:
            failed = self._failures.get(_network(address))
            if failed is None or len(failed) < MOST_FAILURES or _digest(token) in self._valid:
                return 0
            return max(0, math.ceil(failed[0] + WITHIN_SECONDS - self._clock()))

    def failed(self, address: str, token: str) -> None:
        """The token opened nothing, whatever it did before."""
        with self._lock:
            self._valid.pop(_digest(token), None)
            failures = self._failures.setdefault(_network(address), deque(maxlen=MOST_FAILURES))
            failures.append(self._clock())
            _remember(self._failures, _network(address), self._most)

    def succeeded(self, token: str) -> None:
        """The token is valid."""
        with self._lock:
            self._valid.setdefault(_digest(token))
            _remember(self._valid, _digest(token), self._most)

    @property
    def remembered(self) -> int:
        """How many addresses and tokens are known."""
        return len(self._failures) + len(self._valid)


def _remember(seen: OrderedDict[Key, Value], newest: Key, most: int) -> None:
    """Let `newest` be forgotten last, and forget the oldest where there are too many."""
    seen.move_to_end(newest)
    while len(seen) > most:
        seen.popitem(last=False)


def _network(address: str) -> str:
    """The address itself; of IPv6 the /64, as one customer has all of it."""
    with suppress(ValueError):
        number = ipaddress.IPv6Address(address)
        if number.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((int(number) >> 64 << 64, 64)))
        return str(number.ipv4_mapped)
    return address


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def address_of(request: Request) -> str:
    """Who is connected; no header is heeded, for anybody can write any address into one."""
    return request.client.host if request.client else ""
