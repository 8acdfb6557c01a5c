"""Sentences that have to fit where they are shown."""

from __future__ import annotations

import pytest

from bot import texts
from storage.models import Standing
from storage.moderation.verdicts import JudgedMessage
from telegram_ui.language import LANGUAGES, sentences
from tests.storage.given import NOON

LONGEST_ALERT = 200  # characters that Telegram takes
LONGEST_VERSION = 64


def judged(standing: Standing) -> JudgedMessage:
    version = "v" * LONGEST_VERSION
    return JudgedMessage(
        1, 1, "buy", "Ann", "a group", -1, NOON, 0.9999, 0.999_991, 0.999_998, True, version, standing=standing
    )


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("standing", list(Standing))
def test_why_fits_an_alert_whoever_wrote_it(language: str, standing: Standing) -> None:
    assert len(texts.why(sentences(language).gettext, judged(standing))) <= LONGEST_ALERT


def test_of_an_unknown_author_nothing_is_said() -> None:
    assert texts.why(sentences("en").gettext, judged(Standing.UNKNOWN)).endswith("clear spam from 0.999998")
