"""Regular expressions of a chat's own: compiled, and refused where they are wrong or slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import regex

from storage.wording import Wording

LONGEST_TRIAL, TRIES = 0.1, 3  # seconds for a new expression on a trial text; a busy machine may cost one of the tries
LONGEST_TRIALS = 20.0  # seconds for all expressions that somebody wants at once
TRIALS = (
    "",
    "a" * 3_000 + "!",
    "1 " * 1_500 + "!",
    "https://a.example/" + "a/" * 1_000,
    "ab" * 1_500 + " ",
    " \t" * 1_500 + "x",
)


@dataclass
class Trials:
    """The time in which the expressions that somebody wants at once are tried."""

    seconds: float = LONGEST_TRIALS
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._end_at = self.clock() + self.seconds

    def require_time(self, pattern: str) -> None:
        """Raises UnsuitablePattern, naming this one, where the time is over."""
        if self.clock() > self._end_at:
            raise UnsuitablePattern(
                Wording(
                    "the expressions take too long to try, {seconds} seconds and more; it went as far as {pattern!r}: "
                    "make them simpler, or add fewer at once",
                    seconds=round(self.seconds),
                    pattern=pattern,
                )
            )


class UnsuitablePattern(ValueError):
    """A rule's pattern cannot be used; the message says where and why, and `wording` says it in any language."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(str(wording))
        self.wording = wording


def compiled(pattern: str) -> regex.Pattern[str]:
    """The compiled regular expression, blind to case. Raises UnsuitablePattern with the place of an error."""
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except regex.error as error:
        raise UnsuitablePattern(_wrong(pattern, error)) from error
    except (
        ArithmeticError,
        LookupError,
        MemoryError,
        RecursionError,
        ValueError,
    ) as error:  # it fails on odd ones in many ways
        reason = str(error) or type(error).__name__
        raise UnsuitablePattern(
            Wording("the regular expression {pattern!r} is wrong: {reason}", pattern=pattern, reason=reason)
        ) from error


def _wrong(pattern: str, error: regex.error) -> Wording:
    if error.pos is None:
        return Wording("the regular expression {pattern!r} is wrong: {reason}", pattern=pattern, reason=error.msg)
    return Wording(
        "the regular expression {pattern!r} is wrong at character {place}: {reason}",
        pattern=pattern,
        place=error.pos + 1,
        reason=error.msg,
    )


def require_usable(pattern: str, trials: Trials) -> None:
    """Raises UnsuitablePattern where it does not compile, matches everything, or takes long on texts made to be slow."""
    trials.require_time(pattern)
    candidate = compiled(pattern)
    if _matches(candidate, ""):
        raise UnsuitablePattern(
            Wording("the regular expression {pattern!r} matches the empty text, and so every message", pattern=pattern)
        )
    for text in TRIALS:
        if all(_takes_too_long(candidate, text) for _ in range(TRIES)):
            raise UnsuitablePattern(
                Wording(
                    "the regular expression {pattern!r} takes too long on {text!r}…: a repetition inside a repetition, "
                    "such as (a+)+, does that",
                    pattern=pattern,
                    text=text[:12],
                )
            )


def _takes_too_long(candidate: regex.Pattern[str], text: str) -> bool:
    return _matches(candidate, text) is None


def _matches(candidate: regex.Pattern[str], text: str) -> bool | None:
    """Whether the text has what is looked for; None where that takes too long or too much memory, as "(?R)" does."""
    try:
        return candidate.search(text, timeout=LONGEST_TRIAL) is not None
    except (TimeoutError, MemoryError):
        return None
