"""Everything that the site says goes through its catalogue, and the catalogue has all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from review.language import GROUP, LOCALE, POINT
from review.pages import DAY, DAY_OF_YEAR
from review.words import WORDS
from storage.exported import LeftOut
from storage.models import CorrectionState, MessageState, Mode, Role, RuleKind, Sign, Strictness, VersionState
from storage.moderation import rescans
from storage.outbound.events import Event
from telegram_ui.language import LANGUAGES
from tests.review.spoken import REVIEW, bare_in_code, bare_in_script, bare_in_template, messages

OTHERS = [language for language in LANGUAGES if language != "en"]
TEMPLATES = sorted((REVIEW / "templates").glob("*.html"))
SCRIPTS = sorted((REVIEW / "static").glob("*.js"))
CODE = sorted(REVIEW.glob("*.py"))
SAMPLES = {"tryout.py"}  # its examples are messages of several languages
TABLES: dict[str, Iterable[str]] = {
    "mode": Mode,
    "strictness": Strictness,
    "role": Role,
    "version": VersionState,
    "correction": CorrectionState,
    "sign": Sign,
    "rule": RuleKind,
    "event": Event,
    "left out": LeftOut,
    "rescan": (rescans.GIVEN_UP,),
    "message": set(MessageState) - {MessageState.HAM, MessageState.PENDING, MessageState.HISTORY},  # see verdict.html
}


def catalogue(language: str) -> Catalog:
    with (LOCALE / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\w+", sentence))


def tags(sentence: str) -> list[str]:
    return sorted(re.findall(r"<[^>]+>", sentence))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_says_nothing_in_english_only(path: Path) -> None:
    assert bare_in_template(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_says_nothing_in_english_only(path: Path) -> None:
    assert bare_in_script(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for path in CODE if path.name not in SAMPLES], ids=lambda path: path.stem)
def test_a_refusal_says_nothing_in_english_only(path: Path) -> None:
    assert bare_in_code(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Nothing here</p>",
        '<a title="Look again">{{ name }}</a>',
        '<input placeholder="words">',
        '<p>{{ "spam" if is_spam else _("not spam") }}</p>',
        '{% for name, title in (("all", "Everything"),) %}{{ title }}{% endfor %}',
        "{% if a %}{% trans %}Yes{% endtrans %}{% else %}No, never{% endif %}",
        '<p>{{ name or "somebody" }}</p>',
    ],
)
def test_bare_english_is_noticed(source: str) -> None:
    assert bare_in_template(source)


@pytest.mark.parametrize(
    "source",
    [
        '<p class="{{ "bad" if wrong }}" data-open="true">{% trans n=2 %}{{ n }} message{% pluralize %}{{ n }} messages{% endtrans %}</p>',
        '<p title="{{ _("Look again") }}"><code>hamlet train</code> · hamlet {{ name }}</p>',
    ],
)
def test_what_is_looked_up_is_not_bare(source: str) -> None:
    assert bare_in_template(source) == []


def test_bare_english_is_noticed_in_scripts_and_code() -> None:
    assert bare_in_script('"use strict";\nshow("The site is away.");') == ["The site is away."]
    assert bare_in_code('raise HTTPException(404, "There is no such page.")') == ["There is no such page."]
    assert bare_in_code('"""A docstring says so."""\nRefused(404, "There is no such page.")') == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_and_none_is_left_over(language: str) -> None:
    assert {(message.context, message.id) for message in catalogue(language) if message.id} == messages()


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_with_its_placeholders_and_tags(language: str) -> None:
    plurals = catalogue(language).num_plurals
    for message in catalogue(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert len(forms) == (plurals if message.pluralizable else 1)
        for form in forms:
            assert form, message.id
            assert placeholders(form) == placeholders(ids[0]), message.id
            assert tags(form) == tags(ids[0]), message.id
            assert "%" not in re.sub(r"%%|%\(\w+\)s", "", ids[0] + form), message.id  # templates format every sentence
            assert '"' not in re.sub(r"<[^>]+>", "", form), message.id  # it may stand in an attribute


@pytest.mark.parametrize("table", TABLES)
def test_every_word_of_the_database_that_pages_show_is_in_its_table(table: str) -> None:
    assert {str(word) for word in TABLES[table]} <= set(WORDS[table])


def test_every_language_has_its_numbers_and_dates() -> None:
    assert set(GROUP) == set(POINT) == set(DAY) == set(DAY_OF_YEAR) == set(LANGUAGES)
