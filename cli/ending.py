"""How a command ends that somebody stops."""

from __future__ import annotations

import signal
import sys


def as_ctrl_c_does() -> None:
    """Have whoever ends this process let it give its run's lease back, as Ctrl-C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
