"""What pages refuse, in words that are looked up in the reader's language."""

from __future__ import annotations

from review.language import gettext_noop
from storage.wording import Wording

NOT_UNDERSTOOD = gettext_noop("The request was not understood: {wrong} is missing or wrong.")


class Refused(Exception):
    """A page's refusal: its status, an English sentence and its values."""

    def __init__(self, status: int, sentence: str, **values: object) -> None:
        self.status, self.wording = status, Wording(sentence, **values)
        super().__init__(str(self.wording))
