"""How a sentence is spoken: `say` is a language's gettext."""

from __future__ import annotations

from collections.abc import Callable

from telegram_ui.language import Say

__all__ = ["Say", "Sentence"]

Sentence = Callable[[Say], str]
