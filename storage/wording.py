"""English sentences whose values are apart, so that a page can say them in another language."""

from __future__ import annotations

from collections.abc import Callable


def _grouped(number: int) -> str:
    return f"{number:,}"


class Wording:
    """A sentence with names in braces, and the value of each; a value may be a wording too."""

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence, self.values = sentence, values

    def spoken(self, say: Callable[[str], str], number: Callable[[int], str] = _grouped) -> str:
        """The sentence in the language of `say`, a gettext, with whole numbers written as `number` does."""
        return say(self.sentence).format(**{name: _value(value, say, number) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.spoken(str)


def verbatim(reason: str) -> Wording:
    """A reason that is the same in every language."""
    sentence = "{reason}"
    return Wording(sentence, reason=reason)


def _value(value: object, say: Callable[[str], str], number: Callable[[int], str]) -> object:
    if isinstance(value, Wording):
        return value.spoken(say, number)
    return number(value) if isinstance(value, int) else value
