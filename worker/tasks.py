"""The worker's Celery tasks: the bell says that messages wait, the sweep finds those whose bell was lost."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import structlog
import torch
from celery.signals import worker_ready
from kombu.exceptions import OperationalError
from sqlalchemy import Engine

from classifier import resident_memory
from jobs import send
from jobs.app import CLASSIFY, app
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable
from storage.moderation import clock, inbox
from storage.processes import signs
from storage.session import open_engine, transaction
from storage.settings import StorageSettings
from worker import explaining, moderation, rescanning, shadow
from worker.batches import BatchSize
from worker.champion import Champion
from worker.claims import Claims
from worker.models import Models
from worker.odds import Odds
from worker.settings import WorkerSettings

log = structlog.get_logger()


class Minute:
    """Tells once a minute that the minute is over."""

    def __init__(self) -> None:
        self._over_at = 0.0

    def is_over(self) -> bool:
        """Whether the minute is over; if so, the next one begins."""
        if time.monotonic() < self._over_at:
            return False
        self._over_at = time.monotonic() + 60
        return True


@dataclass(frozen=True)
class Context:
    """What the process holds as long as it runs."""

    engine: Engine
    champion: Champion
    odds: Odds
    settings: WorkerSettings
    heartbeat: Heartbeat
    batches: BatchSize
    claims: Claims = field(default_factory=Claims)
    minute: Minute = field(default_factory=Minute)
    name: str = field(default_factory=lambda: f"{socket.gethostname()[:40]} {os.getpid()}")


@cache
def context() -> Context:
    """Open the database and prepare the classifier, once."""
    storage, settings = StorageSettings(), WorkerSettings()
    resident_memory.one_heap()
    torch.set_num_threads(settings.worker_threads)
    engine = open_engine(storage.address)
    models = Models(storage.models, settings.worker_precision, fetch=storage.shared_models.fetch)
    champion = Champion(engine, models)
    heartbeat, batches = Heartbeat("worker", JobsSettings()), BatchSize(settings.batch_size)
    return Context(engine, champion, Odds(engine), settings, heartbeat, batches)


@app.task(name="worker.classify")
def classify() -> None:
    """Judge one batch of waiting messages and ring again in case more wait; then the shadow scores the same ones."""
    here = context()
    here.heartbeat.beat()
    lease, share = here.settings.lease_seconds, here.settings.audit_share
    try:
        serving = here.champion.current()
        if serving is None:
            log.warning("no model version serves yet: messages wait; run `hamlet train` and `hamlet promote`")
            return
        shifts = here.odds.shifts()
        limit = here.batches.begin()
        batch = moderation.judge(here.engine, serving, limit, lease, share, shifts, claims=here.claims)
        here.batches.end(batch.judged)
    except DatabaseUnreachable as error:
        log.warning("database out of reach: the sweep will try again", reason=str(error))
        return
    for verdict_id in batch.asking:
        send.act(verdict_id)
    if batch.may_leave_some(limit):
        send.classify()
    if batch.claimed:
        shadow.follow(here.engine, here.champion, batch.scored, here.settings.batch_size, shifts)


@app.task(name="worker.explain")
def explain(_verdict_id: int) -> None:
    """Answer waiting questions, this one among them."""
    answer_questions(context())


def answer_questions(here: Context) -> None:
    """Answer waiting questions, if a version serves."""
    try:
        serving = here.champion.current()
        if serving is not None:
            explaining.answer_waiting(here.engine, serving)
    except DatabaseUnreachable as error:
        log.warning("database out of reach: questions wait", reason=str(error))


def look_again(here: Context) -> None:
    """Go on with the oldest rescan, if a version serves, as long as no message waits."""
    try:
        serving = here.champion.current()
        if serving is not None:
            rescanning.go_on(here.engine, serving, here.settings.batch_size, here.odds.shifts())
    except DatabaseUnreachable as error:
        log.warning("database out of reach: rescans wait", reason=str(error))


@app.task(name="worker.sweep")
def sweep() -> None:
    """Once a second: fail messages that were tried too often, and judge a batch if messages wait; otherwise do idle work."""
    here = context()
    here.heartbeat.beat()
    try:
        with transaction(here.engine) as session:
            if here.minute.is_over():
                signs.of_work(session, here.name)
                clock.bring_back(session)
            here.claims.give_back(session)
            if given_up := inbox.give_up(session):
                log.error("messages failed", messages=given_up, remedy="`hamlet retry-failed` judges them again")
            waits = inbox.waiting(session) > 0
        if not waits:
            here.champion.current()  # a swap now delays no message, and a shadow that ended is unloaded
    except DatabaseUnreachable as error:
        log.warning("database out of reach: the sweep will try again", reason=str(error))
        return
    if waits:
        classify()  # at once: a bell would have to pass a broker that is slow, or whose bells all expire in the queue
    else:
        answer_questions(here)
        look_again(here)
        here.champion.rest()


@worker_ready.connect
def empty_the_queue(sender: Any, **_: Any) -> None:
    """At the start, drop the bells that piled up meanwhile and ring once: the database says what waits."""
    if CLASSIFY not in sender.app.amqp.queues.consume_from:
        return
    try:
        with sender.app.connection_for_write() as connection:
            connection.default_channel.queue_purge(CLASSIFY)
    except (OperationalError, OSError):
        log.warning("broker out of reach: old bells stay in the queue")
    send.classify()
