"""What "Why?" is answered with: each part by a plain name, in the chat's language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import texts
from storage.models import Explanation
from storage.moderation.verdicts import JudgedMessage
from telegram_ui.language import sentences

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
JUDGED = JudgedMessage(1, 1, "buy now", "Eve", "a group", -100, NOON, 0.97, 0.4, 0.9, True, "v1")
PARTS = {"shift": -0.42, "encoder": 1.25, "n-grams": 1.64, "network": 0.96}


def told(language: str, **parts: float) -> str:
    explanation = Explanation(verdict_id=1, parts=parts, ngrams=[["buy", 0.9]], nearest=[])
    return texts.explained(sentences(language).gettext, JUDGED, explanation)[0]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "By part, above 0 means spam: GPT +1.0, n-grams +1.6, meaning +1.2, shift -0.4"),
        ("ru", "По частям, больше нуля — за спам: GPT +1.0, n-граммы +1.6, смысл +1.2, сдвиг -0.4"),
    ],
)
def test_each_part_is_told_with_what_it_says(language: str, line: str) -> None:
    assert line in told(language, **PARTS).splitlines()


def test_a_part_that_the_version_lacks_is_not_told() -> None:
    assert "meaning" not in told("en", **PARTS | {"encoder": 0.0})
