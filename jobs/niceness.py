"""Live messages come first: work that can wait lowers its own priority."""

from __future__ import annotations

import os

NICE = 10  # added to the niceness: every other process comes first


def come_last() -> None:
    """From now on this process, and whatever it starts, is behind all others."""
    os.nice(NICE)
