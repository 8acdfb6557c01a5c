"""What a scenario is, and in which form it runs: the long one that docs/trust.md shows, or the short one of the checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

InWorld = Callable[[Any], object]  # of a `World`, which knows what is in this file
POSTGRESQL, SQLITE = "postgresql", "sqlite"


class NotTried(Exception):
    """This machine cannot have this fault; the message says why."""


@dataclass(frozen=True)
class Form:
    """How many messages, how often something happens, and how long it lasts."""

    messages: int
    times: int  # of what the long form does twenty times
    share: float  # of the seconds that the long form takes
    lease_seconds: float

    def seconds(self, in_the_long_form: float, at_least: float = 1.0) -> float:
        return max(at_least, in_the_long_form * self.share)


LONG = Form(messages=2_000, times=20, share=1.0, lease_seconds=30.0)
SHORT = Form(messages=120, times=3, share=0.1, lease_seconds=2.0)


@dataclass(frozen=True)
class Scenario:
    """A fault: what happens while the messages come in."""

    name: str
    happen: InWorld  # lets all messages in, meanwhile does the damage, and mends it
    database: str = POSTGRESQL
    proxied: frozenset[str] = frozenset()  # of "telegram", "broker", "database": reached through a proxy
    prepare: InWorld = field(default=lambda _: None)  # before there is a database
    ready: InWorld = field(default=lambda _: None)  # once there is one, before any process starts
    settings: dict[str, str] = field(default_factory=dict)
    has_training: bool = False
