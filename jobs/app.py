"""The Celery app. The broker is a doorbell: if a job is lost, a sweep finds its work in the database again."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import setup_logging

from jobs import sweeping
from jobs.settings import JobsSettings

CLASSIFY, ACTIONS, TRAINING = "classify", "actions", "training"  # one queue, and one process, each

SWEEPS = {
    CLASSIFY: {"worker.sweep": 1.0},
    ACTIONS: {"worker.sweep_actions": 1.0, "worker.sweep_outbound": 2.0},
    TRAINING: {"training.beat": 10.0},
}  # of the process of each queue: its tasks, and the seconds between two runs of each

BELL_SECONDS = 30  # a job that waited longer is dropped: a sweep or the schedule has rung again meanwhile


def configuration(settings: JobsSettings) -> dict[str, Any]:
    """Celery's configuration; publishing fails within seconds where the broker cannot be reached."""
    return {
        "broker_url": settings.broker,
        "task_queues": {name: {} for name in (CLASSIFY, ACTIONS, TRAINING)},
        "task_create_missing_queues": False,
        "task_default_queue": CLASSIFY,
        "task_routes": {
            "worker.act": ACTIONS,
            "worker.sweep_actions": ACTIONS,
            "worker.sweep_outbound": ACTIONS,
            "worker.read_pictures": ACTIONS,
            "worker.*": CLASSIFY,
            "training.*": TRAINING,
        },
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "result_backend_thread_safe": True,  # there is none; else each new thread would look through all packages for it
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0.1},
        "worker_prefetch_multiplier": 0,  # with a limit, a job that could not be acknowledged may be the last one
        "worker_enable_prefetch_count_reduction": False,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "worker_enable_remote_control": False,  # nobody uses it; its broadcast queues would only pile up
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": 300,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        "beat_schedule": SCHEDULE,
        "timezone": "UTC",
    }


def _every(task: str, seconds: float) -> dict[str, Any]:
    return {
        "task": task,
        "schedule": seconds,
        "options": {"expires": max(seconds, BELL_SECONDS), "ignore_result": True},
    }


SCHEDULE = {
    "consider": _every("training.consider", 600.0),
    "count": _every("training.count", 600.0),
    "tidy": _every("training.tidy", 3600.0),
}

app = Celery("hamlet")
app.add_defaults(lambda: configuration(JobsSettings()))  # read when the app is first used, not on import


def listen(process: str, queue: str) -> None:
    """Work on one queue, one job at a time in this process, and sweep between them, until told to stop."""
    sweeping.prepare(app, SWEEPS[queue])
    options = ["--pool", "solo", "--queues", queue, "--hostname", f"{process}@%h"]
    app.start(["--quiet", "worker", *options, "--without-gossip", "--without-mingle", "--without-heartbeat"])


@setup_logging.connect
def _leave_logging_alone(**_: Any) -> None:
    """Each process configures its own logging; where this signal has a receiver, Celery configures none."""
