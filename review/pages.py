"""Pages from templates."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

from review.revealed import is_plain, revealed
from storage.odds import written
from telegram_ui import scripts

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"
_templates = Jinja2Templates(directory=_FOLDER / "templates")


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M UTC")


PARTS = {"network": "GPT and probe", "n-grams": "n-grams", "encoder": "sentence encoder", "shift": "shift"}
ORIGINS = {
    "seed": "SMS collection",
    "starter": "starter set",
    "file": "file",
    "correction": "corrections",
    "presumed": "presumed ham",
}

_templates.env.globals |= {"part_names": PARTS, "origin_names": ORIGINS}
_templates.env.filters["moment"] = _moment
_templates.env.filters["revealed"] = revealed
_templates.env.filters["threshold"] = written
_templates.env.filters["script"] = partial(scripts.name, str)
_templates.env.tests["plain"] = is_plain


def page(request: Request, template: str, context: dict[str, Any], status: int = 200) -> Response:
    """The template filled in; everything in it is escaped."""
    return _templates.TemplateResponse(request, template, context, status_code=status)
