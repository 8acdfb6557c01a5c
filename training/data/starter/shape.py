"""What a message looks like, whatever it says: if that alone gave the label away, a model would learn the wrong thing."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass

SHORT_WORDS = 6
CHARACTERS_A_WORD = 2  # in Chinese, Japanese
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")  # their letters
UNSPACED_MARKS = re.compile("[\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]")
LINK = re.compile(r"https?://\S+|(?<![\w@.-])(?:[^\W_][\w-]*\.)+[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w.])@\w{3,}")
EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")


@dataclass(frozen=True)
class Shape:
    """Counts, except `capitals` and `digits`, which are shares of the letters and of the characters."""

    characters: int
    words: int
    capitals: float
    digits: float
    links: int
    handles: int
    emoji: int
    exclamation_marks: int
    question_marks: int
    other_punctuation: int
    line_breaks: int

    def row(self) -> tuple[float, ...]:
        """All figures, in the order of the fields."""
        return astuple(self)


def shape_of(text: str) -> Shape:
    """The shape of a text of at least one character."""
    letters = [character for character in text if character.isalpha()]
    return Shape(
        characters=len(text),
        words=words_in(text),
        capitals=sum(map(str.isupper, letters)) / max(1, len(letters)),
        digits=sum(map(str.isdigit, text)) / len(text),
        links=len(LINK.findall(text)),
        handles=len(HANDLE.findall(text)),
        emoji=len(EMOJI.findall(text)),
        exclamation_marks=text.count("!") + text.count("！"),
        question_marks=sum(map(text.count, "?？؟")),
        other_punctuation=sum(not (c.isalnum() or c.isspace() or c in "!！?？؟") for c in text),
        line_breaks=text.count("\n"),
    )


def words_in(text: str) -> int:
    """Words between spaces; where a script has none, one for every two of its characters."""
    unspaced = len(UNSPACED.findall(text))
    spaced = UNSPACED_MARKS.sub(" ", UNSPACED.sub(" ", text)) if unspaced else text
    return len(spaced.split()) + -(-unspaced // CHARACTERS_A_WORD)
