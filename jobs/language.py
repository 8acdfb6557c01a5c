"""What people read on Telegram, in their chat's language: English sentences in the code, others in `locale/*.po`."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages import mofile, pofile

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "ru": "Русский"}


@cache
def sentences(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English for one that is not there."""
    path = LOCALE / f"{language}.po"
    if language not in LANGUAGES or not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
