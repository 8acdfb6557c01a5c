"""The `hamlet` command: composes everything, and is the only code above the four processes."""

from cli.app import main

__all__ = ["main"]
