"""One catalogue: what the code says in English is there in every other language, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from telegram_ui.language import LANGUAGES, LOCALE, language_of, sentences

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"say": None, "gettext": None, "ngettext": (1, 2)}
OTHERS = [language for language in LANGUAGES if language != "en"]


def said() -> set[str | tuple[str, ...]]:
    """Every sentence of the code that is spoken through a catalogue."""
    found: set[str | tuple[str, ...]] = set()
    for folder in ("actions", "bot", "telegram_ui"):
        for _file, _line, message, *_ in extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS):
            found.add(message)
    return found


def catalogue(language: str) -> Catalog:
    with (LOCALE / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"\{[^}]*\}", sentence))


def test_sentences_are_found() -> None:
    assert len(said()) > 40


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_and_none_is_left_over(language: str) -> None:
    assert {message.id for message in catalogue(language) if message.id} == said()


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_with_its_placeholders(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert len(forms) == (catalogue(language).num_plurals if message.pluralizable else 1)
        for form in forms:
            assert form, message.id
            assert placeholders(form) == placeholders(ids[0]), message.id


def test_plurals_follow_the_language() -> None:
    count = sentences("ru").ngettext
    forms = [count("{n} member reported it", "{n} members reported it", n) for n in (1, 2, 5, 21)]
    assert forms[0] == forms[3] != forms[1] != forms[2]


def test_a_language_that_is_not_there_is_english() -> None:
    assert sentences("tlh").gettext("Spam") == "Spam"
    assert sentences("../../etc").gettext("Spam") == "Spam"


@pytest.mark.parametrize(("code", "language"), [("ru", "ru"), ("pt-br", "pt"), (None, "en"), ("", "en")])
def test_a_persons_language_is_the_first_part_of_its_code(code: str | None, language: str) -> None:
    assert language_of(code) == language
