"""The words read in a picture stand below its message's own text, as a caption would; none stands there twice. Pure."""

from __future__ import annotations

import re

LONGEST = 2_000  # characters of what is read in one picture; more is no advertisement
FEWEST = 2  # letters or digits that make a line; fewer are specks
SPACES, NO_WORD = re.compile(r"\s+"), re.compile(r"[\W_]+")


def of_lines(lines: list[str]) -> str:
    """The lines that were read, each once, without those that hold no word."""
    tidy = (SPACES.sub(" ", line).strip() for line in lines)
    return "\n".join(dict.fromkeys(line for line in tidy if len(_compared(line)) >= FEWEST))[:LONGEST]


def missing(text: str, words: str) -> str:
    """Those lines of the words that do not stand in the text already."""
    there = _compared(text)
    return "\n".join(line for line in words.split("\n") if line and _compared(line) not in there)


def below(text: str, added: str) -> str:
    """The text with what was read below it."""
    return f"{text}\n{added}".strip("\n") if added else text


def without(text: str, added: str) -> str:
    """The text without what was read below it; an earlier text, which had something else below, stays as it is."""
    if not added or not f"\n{text}".endswith(f"\n{added}"):
        return text
    return text[: len(text) - len(added)].rstrip("\n")


def _compared(text: str) -> str:
    """Letters and digits alone, in one case: a picture's line breaks and dots are often read differently."""
    return NO_WORD.sub("", text).casefold()
