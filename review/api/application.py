"""The API as an application of its own, with its own document, refusals and limits."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine

from review.api import classify, corrections, messages, models, transfer
from review.api.limits import BodyLimit
from review.api.problems import SCHEMA, say_problems
from review.attempts import Attempts
from review.settings import ReviewSettings

ABOUT = """Judging, correcting, importing and exporting for programs.

A token carries scopes: `classify`, `read`, `correct`, `import`, `export`. Refusals are `application/problem+json`."""


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["schemas"]["Problem"] = SCHEMA
        return document


def create_api(engine: Engine, settings: ReviewSettings, attempts: Attempts) -> FastAPI:
    """The API on the site's database."""
    api = _Api(title="hamlet", version="1", description=ABOUT, docs_url=None, redoc_url=None, redirect_slashes=False)
    api.state.engine, api.state.pending_limit, api.state.attempts = engine, settings.pending_limit, attempts
    for part in (classify, messages, corrections, models, transfer):
        api.include_router(part.router)
    api.add_middleware(BodyLimit, largest_import=settings.import_mb * 1_000_000)
    say_problems(api)
    return api
