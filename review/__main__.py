"""`python -m review`: serve the site."""

from __future__ import annotations

import uvicorn

from jobs import logs
from jobs.door import refusing
from jobs.settings import JobsSettings
from review.app import create_app
from review.settings import ReviewSettings
from storage.settings import StorageSettings


def main() -> None:
    with refusing():
        logs.configure("review", JobsSettings())
        storage, settings = StorageSettings(), ReviewSettings()
    uvicorn.run(
        create_app(storage, settings), host=settings.host, port=settings.port, log_config=None, access_log=False
    )


if __name__ == "__main__":
    main()
