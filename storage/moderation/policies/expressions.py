"""Regular expressions of a chat's own: compiled, and refused where they are wrong or slow. Pure."""

from __future__ import annotations

import regex

LONGEST_TRIAL, TRIES = 0.1, 3  # seconds for a new expression on a trial text; a busy machine may cost one of the tries
TRIALS = (
    "a" * 3_000 + "!",
    "1 " * 1_500 + "!",
    "https://a.example/" + "a/" * 1_000,
    "ab" * 1_500 + " ",
    " \t" * 1_500 + "x",
)


class UnsuitablePattern(ValueError):
    """A rule's pattern cannot be used; the message says where and why."""


def compiled(pattern: str) -> regex.Pattern[str]:
    """The compiled regular expression, blind to case. Raises UnsuitablePattern with the place of an error."""
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except regex.error as error:
        place = f" at character {error.pos + 1}" if error.pos is not None else ""
        raise UnsuitablePattern(f"the regular expression {pattern!r} is wrong{place}: {error.msg}") from error


def require_usable(pattern: str) -> None:
    """Raises UnsuitablePattern where it does not compile, matches everything, or takes long on texts made to be slow."""
    candidate = compiled(pattern)
    if candidate.search("") is not None:
        raise UnsuitablePattern(f"the regular expression {pattern!r} matches the empty text, and so every message")
    for text in TRIALS:
        if all(_takes_too_long(candidate, text) for _ in range(TRIES)):
            raise UnsuitablePattern(
                f"the regular expression {pattern!r} takes too long on {text[:12]!r}…: "
                "a repetition inside a repetition, such as (a+)+, does that"
            )


def _takes_too_long(candidate: regex.Pattern[str], text: str) -> bool:
    try:
        candidate.search(text, timeout=LONGEST_TRIAL)
    except TimeoutError:
        return True
    return False
