"""What a notice says of a message's picture: the words that were read in it, or that it could not be read."""

from __future__ import annotations

from storage import picture_words
from storage.moderation.pictures import Shown
from telegram_ui.language import Say


def labelled(say: Say, text: str, picture: Shown | None) -> str:
    """The message's text, in which the words of its picture are named as such."""
    if picture is None or not picture.words:
        return text
    own = picture_words.without(text, picture.words)
    return with_words(say, own, picture) if own != text else text  # an earlier text had another picture


def with_words(say: Say, own: str, picture: Shown | None) -> str:
    """The author's own words, and those of the picture below them."""
    if picture is None or not picture.words:
        return own
    line = say("In the picture: {words}").format(words=picture.words)
    return f"{own}\n{line}".strip("\n")


def problem(say: Say, picture: Shown | None) -> str:
    """A line that says so where the picture could not be read."""
    return say("the picture could not be read") + "\n" if picture is not None and picture.error else ""


def own_words(text: str, picture: Shown | None) -> str:
    """The text as its author wrote it, for posting it again."""
    return picture_words.without(text, picture.words) if picture is not None else text
