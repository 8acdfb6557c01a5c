"""How a command ends when it is told to stop."""

from __future__ import annotations

import signal
import sys


def end_as_by_ctrl_c() -> None:
    """Have SIGTERM and SIGHUP unwind the command, as Ctrl-C does, so that a run gives its lease back."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
