""" "Why?" says what was read or weighed beside the author's words, in English and Russian."""

from __future__ import annotations

from typing import Any

import pytest

from bot import texts
from storage.moderation.verdicts import JudgedMessage
from telegram_ui.language import sentences
from tests.storage.given import NOON


def explained(language: str = "en", **about: Any) -> str:
    judged = JudgedMessage(1, 1, "hi", "Ann", "a group", -1, NOON, 0.97, 0.5, 0.9, True, "v1", language, **about)
    return texts.explained(sentences(language).gettext, judged, None)[0]


def test_a_strange_script() -> None:
    line = "Cyrillic letters, as hardly anybody writes here: +1.0 towards spam, in log-odds."
    assert line in explained(script="CYRILLIC", script_weight=1.0)
    assert "кириллица: так здесь почти никто не пишет; +1.0" in explained("ru", script="CYRILLIC", script_weight=1.0)
    assert "Runic" in explained(script="RUNIC"), "a later release may know more"


def test_the_names_that_were_read_too() -> None:
    assert "the words alone score 0.125" in explained(score_without_names=0.125)
    assert "somebody joined under it" in explained(is_join=True)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_where_there_was_nothing_beside_them(language: str) -> None:
    assert explained(language).count("\n") == 1
