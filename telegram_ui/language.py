"""What people read on Telegram, in their chat's language: English sentences in the code, others in `locale/*.po`."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages import mofile, pofile

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "ru": "Русский"}
Say = Callable[[str], str]  # a language's gettext


def language_of(language_code: str | None) -> str:
    """The language of a person's Telegram, "pt" of "pt-br"; English where Telegram does not say."""
    return (language_code or "en")[:2]


@cache
def sentences(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English for one that has none."""
    return catalogue(LOCALE, language)


def catalogue(folder: Path, language: str) -> gettext.NullTranslations:
    """The folder's catalogue of a language, read anew; English for one that has none."""
    path = folder / f"{language}.po"
    if language not in LANGUAGES or not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        messages = pofile.read_po(file, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
