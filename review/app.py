"""The review site: one FastAPI application."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import BaseHTTPMiddleware

from review.api.application import create_api
from review.api.mount import WithApi
from review.attempts import Attempts
from review.audit import router as audit
from review.chats import router as chats
from review.decide_all import router as decide_all
from review.events import router as events
from review.failed import router as failed
from review.guards import guard, say_refusals
from review.held import router as held
from review.history import router as history
from review.member import router as member
from review.members import router as members
from review.models import router as models
from review.moderators import router as moderators
from review.pages import STATIC
from review.policies import router as policies
from review.quality import router as quality
from review.queue import router as queue
from review.reports import router as reports
from review.rescans import router as rescans
from review.rules import router as rules
from review.settings import ReviewSettings
from review.tracing import Traced
from review.tryout import router as tryout
from review.views import router
from review.webhooks import router as webhooks
from storage.session import open_engine
from storage.settings import StorageSettings


def create_app(storage: StorageSettings, settings: ReviewSettings, attempts: Attempts | None = None) -> FastAPI:
    """The site on the given database; `attempts` counts the failures of each address, on pages and API alike."""
    app = FastAPI(title="hamlet", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.engine = open_engine(storage.address)
    app.state.settings = settings
    app.state.attempts = Attempts() if attempts is None else attempts
    app.state.models = storage.models
    app.state.has_files = storage.has_files
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.state.is_stopping = lambda: False
    for pages in (
        router,
        tryout,
        events,
        failed,
        held,
        decide_all,
        queue,
        quality,
        moderators,
        reports,
        models,
        chats,
        member,
        policies,
        rescans,
        rules,
        members,
        history,
        audit,
        webhooks,
    ):
        app.include_router(pages)
    app.add_middleware(BaseHTTPMiddleware, dispatch=guard)
    app.add_middleware(Traced)
    app.add_middleware(WithApi, api=Traced(create_api(app.state.engine, settings, app.state.attempts)))
    say_refusals(app)
    return app
