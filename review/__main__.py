"""`python -m review`: serve the site."""

from __future__ import annotations

import uvicorn

from jobs import logs
from jobs.entry_point import refusing
from jobs.settings import JobsSettings
from review.app import create_app
from review.settings import ReviewSettings
from storage.settings import StorageSettings

STOPS_WITHIN_SECONDS = 5


def main() -> None:
    """Serve until told to stop."""
    with refusing():
        logs.configure("review", JobsSettings())
        storage, settings = StorageSettings(), ReviewSettings()
    app = create_app(storage, settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=STOPS_WITHIN_SECONDS,
        )
    )
    app.state.is_stopping = lambda: server.should_exit  # streams end, so that the server can
    server.run()


if __name__ == "__main__":
    main()
