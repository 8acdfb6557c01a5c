"""The languages of the site: in which one a request is answered, and its sentences.

Nothing else decides it. Pages are drawn in `of(request)`, and code that has a sentence to say takes `say(request)`.
"""

from __future__ import annotations

import gettext
import re
from functools import cache
from pathlib import Path

from fastapi import Request, Response

from review.settings import ReviewSettings
from storage.wording import Wording
from telegram_ui import language as telegram
from telegram_ui.language import LANGUAGES, Say

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"
COOKIE = "hamlet_language"
COOKIE_SECONDS = 365 * 86_400
WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.ASCII)
GROUP = {"en": ",", "ru": "\N{NO-BREAK SPACE}"}  # between thousands
POINT = {"en": ".", "ru": ","}  # before decimals


def of(request: Request) -> str:
    """The language that was chosen on the site, else the browser's first of those there are, else English."""
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else _accepted(request.headers.get("accept-language", ""))


def remember(response: Response, language: str, settings: ReviewSettings) -> None:
    """Answer this browser in that language, one of LANGUAGES, from now on."""
    secure = settings.url.startswith("https://")
    response.set_cookie(COOKIE, language, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)


@cache
def sentences(language: str) -> gettext.NullTranslations:
    """The site's catalogue, and behind it the one of what site and bot share."""
    own = telegram.catalogue(LOCALE, language)
    own.add_fallback(telegram.sentences(language))
    return own


def say(request: Request) -> Say:
    """The gettext of the request's language."""
    return sentences(of(request)).gettext


def spoken(request: Request, wording: Wording) -> str:
    """A sentence and its values in the request's language."""
    language = of(request)
    return wording.spoken(sentences(language).gettext, lambda number: grouped(language, number))


def grouped(language: str, number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace(",", GROUP[language])


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the catalogue; whoever shows it looks it up."""
    return sentence


def pgettext_noop(table: str, word: str) -> str:
    """Marks a word for the catalogue, under the name of its table."""
    return word


def _accepted(header: str) -> str:
    """The language that the header of RFC 9110, section 12.5.4, prefers among those there are."""
    weights = _weights(header)
    return max(weights, key=lambda language: weights[language], default=ENGLISH)


def _weights(header: str) -> dict[str, float]:
    """The languages of the header that there are, with their weights; of several ranges of one, the heaviest."""
    known: dict[str, float] = {}
    for part in header.split(","):
        name, _, parameter = part.partition(";")
        language = name.strip().partition("-")[0].lower()
        weight = WEIGHT.fullmatch(parameter) if parameter else None
        value = float(weight[1]) if weight else 0.0 if parameter else 1.0
        if language in LANGUAGES and value > 0:
            known[language] = max(value, known.get(language, 0.0))
    return known
