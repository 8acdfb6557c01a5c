"""How a sentence is spoken: `say` is a language's gettext."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]
Sentence = Callable[[Say], str]
