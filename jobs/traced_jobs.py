"""Spans of jobs, by Celery's signals: a task is the child of whatever sent its job, in whichever process that was."""

from __future__ import annotations

import threading
from collections.abc import MutableMapping
from typing import Any

from celery import signals

from jobs.spans import Kept, OurSpans

SYSTEM = "messaging.system"
OPERATION = "messaging.operation.type"
SENT = {SYSTEM: "redis", OPERATION: "send"}
PROCESSED = {SYSTEM: "redis", OPERATION: "process"}


def connect(spans: OurSpans) -> None:
    """Make a span of each job that is sent and of each task, from now on."""
    jobs = TracedJobs(spans)
    signals.before_task_publish.connect(jobs.sends, weak=False)
    signals.after_task_publish.connect(jobs.has_sent, weak=False)
    signals.task_prerun.connect(jobs.begins, weak=False)
    signals.task_failure.connect(jobs.fails, weak=False)
    signals.task_postrun.connect(jobs.ends, weak=False)


class TracedJobs(threading.local):
    """What this thread is sending, and the tasks it is at."""

    def __init__(self, spans: OurSpans) -> None:
        self._spans = spans
        self._sending: Kept | None = None
        self._tasks: dict[str, Kept] = {}
        self._errors: dict[str, type[BaseException]] = {}

    def sends(self, sender: str, headers: MutableMapping[str, Any], **_: Any) -> None:
        """Before a job is published. One that cannot be leaves a span that is never sent."""
        self._sending = self._spans.span(f"send {sender}", "producer", SENT)
        self._sending.send_along(headers)

    def has_sent(self, **_: Any) -> None:
        """The broker has it."""
        if self._sending is not None:
            self._sending.end()
            self._sending = None

    def begins(self, task_id: str, task: Any, **_: Any) -> None:
        """Before a task."""
        parent = getattr(task.request, "traceparent", None)
        self._tasks[task_id] = self._spans.span(task.name, "consumer", PROCESSED, parent).__enter__()

    def fails(self, task_id: str, exception: BaseException, **_: Any) -> None:
        """A task raised; `ends` follows."""
        self._errors[task_id] = type(exception)

    def ends(self, task_id: str, **_: Any) -> None:
        """After a task, however it ended."""
        error = self._errors.pop(task_id, None)
        if (task := self._tasks.pop(task_id, None)) is not None:
            task.end(error)
