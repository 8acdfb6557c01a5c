"""`python -m review`: serve the site."""

from __future__ import annotations

from functools import partial

import uvicorn
from fastapi import FastAPI

from jobs import logs, monitoring
from jobs.entry_point import refusing
from jobs.metrics import REGISTRY
from jobs.settings import JobsSettings
from review.app import create_app
from review.monitoring import DatabaseFigures
from review.settings import ReviewSettings
from storage import statements
from storage.session import open_engine
from storage.settings import StorageSettings
from storage.views import wellness

STOPS_WITHIN_SECONDS = 5


def main() -> None:
    """Serve until told to stop."""
    with refusing():
        jobs = JobsSettings()
        logs.configure("review", jobs)
        storage, settings = StorageSettings(), ReviewSettings()
    observe(storage, jobs)
    app = create_app(storage, settings)
    server = uvicorn.Server(served(app, settings))
    app.state.is_stopping = lambda: server.should_exit  # streams end, so that the server can
    server.run()


def served(app: FastAPI, settings: ReviewSettings) -> uvicorn.Config:
    """How the site is served."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # whoever writes X-Forwarded-For would choose whose failures count
        timeout_graceful_shutdown=STOPS_WITHIN_SECONDS,
    )


def observe(storage: StorageSettings, jobs: JobsSettings) -> None:
    """Begin to be watched. This process, of which there is one, also tells what the database knows."""
    engine = open_engine(storage.address)  # its own: scrapes take no connection from pages
    if jobs.metrics_port:
        REGISTRY.register(DatabaseFigures(engine, storage.has_files))
    monitoring.start("review", jobs, partial(wellness.hindrances_now, engine, storage.has_files), statements.watch)


if __name__ == "__main__":
    main()
