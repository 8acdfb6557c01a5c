"""A program at the HTTP API, in this process, and a worker that judges by a rule."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from storage.access import clients
from storage.models import Scope
from storage.moderation import corrections, inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction

Answer = Any  # a response of whichever httpx the test client is built on
ALL = tuple(Scope)


class Program:
    """One client of the API; `engine` is its database."""

    def __init__(
        self, app: FastAPI, engine: Engine, name: str = "forum", scopes: Sequence[Scope] = ALL, rate: int = 10_000
    ) -> None:
        self.engine, self.name = engine, name
        with transaction(engine) as session:
            token = clients.add(session, name, scopes, rate)
        headers = {"Authorization": f"Bearer {token}"}
        self.client = TestClient(
            app, "http://testserver/api/v1", raise_server_exceptions=False, follow_redirects=False, headers=headers
        )

    def get(self, path: str, **query: Any) -> Answer:
        return self.client.get(path, params=query)

    def post(self, path: str, **body: Any) -> Answer:
        return self.client.post(path, json=body)

    def send(self, path: str, body: Any, kind: str = "text/plain", **query: Any) -> Answer:
        return self.client.post(path, content=body, headers={"content-type": kind}, params=query)


def judge_once(engine: Engine, model_version_id: int) -> int:
    """Judge what waits: what says "prize" is spam. Returns how many messages that were."""
    with transaction(engine) as session:
        holder, claimed = inbox.claim(session, 1_000, 30)
        judgements = [Judgement(c.id, c.edit, 0.97 if "prize" in c.text else 0.02) for c in claimed]
        inbox.record(session, holder, ScoringVersion(model_version_id, 0.5, 0.9), judgements)
    return len(claimed)


@contextmanager
def judging(engine: Engine, model_version_id: int) -> Iterator[None]:
    """A worker beside the test, in a thread."""
    over = threading.Event()

    def judge() -> None:
        while not over.wait(0.01):
            judge_once(engine, model_version_id)

    worker = threading.Thread(target=judge)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


def learned(program: Program) -> list[tuple[str, bool]]:
    """What training reads."""
    with reading(program.engine) as session:
        return [(correction.text, correction.is_spam) for correction in corrections.accepted(session)]
