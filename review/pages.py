"""Pages from templates: for each language an environment of its own, with its sentences, numbers and dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader

from review import language
from review.language import POINT, gettext_noop
from review.revealed import is_plain, revealed
from storage.odds import written
from storage.wording import Wording
from telegram_ui import rule_names, scripts
from telegram_ui.language import LANGUAGES

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"
TEMPLATES = _FOLDER / "templates"
DAY = {"en": "%Y-%m-%d", "ru": "%d.%m.%Y"}
DAY_OF_YEAR = {"en": "%m-%d", "ru": "%d.%m"}
PARTS = {
    "network": gettext_noop("GPT and probe"),
    "n-grams": gettext_noop("n-grams"),
    "encoder": gettext_noop("sentence encoder"),
    "shift": gettext_noop("shift"),
}
ORIGINS = {
    "seed": gettext_noop("SMS collection"),
    "starter": gettext_noop("starter set"),
    "file": gettext_noop("file"),
    "correction": gettext_noop("corrections"),
    "presumed": gettext_noop("presumed ham"),
}
WEB_CHAT = gettext_noop("chat page")  # the title that the site's own chat is stored with


def page(request: Request, template: str, context: dict[str, Any], status: int = 200) -> Response:
    """The template filled in, in the request's language; everything in it is escaped."""
    everywhere = {"this_page": _this_page(request)}
    templates = _templates(language.of(request))
    return templates.TemplateResponse(request, template, everywhere | context, status_code=status)


def _this_page(request: Request) -> str:
    """Where the switch of languages leads back to: this page, or the first one where a form was sent."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}" if request.method == "GET" else "/"


@cache
def _templates(name: str) -> Jinja2Templates:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(language.sentences(name), newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"part_names": PARTS, "origin_names": ORIGINS, "language": name, "languages": LANGUAGES}
    environment.globals["pgettext"] = language.sentences(name).pgettext  # Jinja's own takes stored words for HTML
    environment.tests["plain"] = is_plain
    environment.filters["revealed"] = revealed
    environment.filters |= {kind: partial(write, name) for kind, write in _WRITERS.items()}
    return Jinja2Templates(env=environment)


def _moment(name: str, value: datetime) -> str:
    return value.strftime(f"{DAY[name]} %H:%M UTC")


def _day(name: str, value: date) -> str:
    return value.strftime(DAY[name])


def _day_of_year(name: str, value: date) -> str:
    return value.strftime(DAY_OF_YEAR[name])


def _fixed(name: str, value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", POINT[name])


def _signed(name: str, value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace(".", POINT[name])


def _threshold(name: str, value: float) -> str:
    return written(value).replace(".", POINT[name])


def _titled(name: str, title: str) -> str:
    """A chat's title; the site's own chat has one in every language."""
    return language.sentences(name).gettext(title) if title == WEB_CHAT else title


def _script(name: str, script: str) -> str:
    return scripts.name(language.sentences(name).gettext, script)


def _rule(name: str, rule: str) -> str:
    return rule_names.rule_name(language.sentences(name).gettext, rule)


def _spoken(name: str, wording: Wording) -> str:
    return wording.spoken(language.sentences(name).gettext, partial(language.grouped, name))


_WRITERS: dict[str, Callable[..., str]] = {
    "moment": _moment,
    "day": _day,
    "day_of_year": _day_of_year,
    "number": language.grouped,
    "fixed": _fixed,
    "signed": _signed,
    "threshold": _threshold,
    "titled": _titled,
    "script": _script,
    "rule": _rule,
    "spoken": _spoken,
}
