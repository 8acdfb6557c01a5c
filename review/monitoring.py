"""What the database knows, for Prometheus: asked when it is scraped, by this process alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from storage.errors import StorageError
from storage.models import ModelVersion
from storage.session import reading
from storage.views import monitoring
from storage.views.monitoring import Figures

WAIT_SECONDS = 5.0  # for the scrape before this one; a database that hangs shall not collect threads

log = structlog.get_logger()


class DatabaseFigures(Collector):
    """Looks at the database at every scrape; where it is away, only `hamlet_database_up` is left."""

    def __init__(self, engine: Engine, has_files: Callable[[str], bool]) -> None:
        self._engine, self._has_files = engine, has_files
        self._lock = threading.Lock()

    def collect(self) -> Iterable[Metric]:
        figures = self._look()
        yield _gauge("hamlet_database_up", "Whether the database answers", 1 if figures is not None else 0)
        if figures is not None:
            yield from families(figures)

    def _look(self) -> Figures | None:
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            return None
        try:
            with reading(self._engine) as session:
                return monitoring.look(session, self._has_files)
        except StorageError as error:
            log.warning("database out of reach: no figures", reason=str(error))
            return None
        finally:
            self._lock.release()


def families(figures: Figures) -> Iterator[Metric]:
    """The figures as Prometheus takes them."""
    yield _gauge("hamlet_ready", "Whether messages can be judged, as /readyz says", 0 if figures.hindrances else 1)
    yield _gauge("hamlet_worker_alive", "Whether a worker gave a sign of life within 3 minutes", figures.is_worked_with)
    yield _by(
        "hamlet_inbox_messages", "Messages that wait, failed or are held, 10,000 at most", "state", figures.messages
    )
    yield _gauge(
        "hamlet_inbox_oldest_age_seconds", "How long the oldest message has waited", figures.oldest_message_age
    )
    yield _gauge(
        "hamlet_updates_oldest_age_seconds",
        "How long the oldest of Telegram's updates has waited for the bot to handle it",
        figures.oldest_update_age,
    )
    yield _by("hamlet_actions_pending", "Actions that wait, 10,000 at most in all", "kind", figures.actions)
    yield _gauge(
        "hamlet_actions_oldest_age_seconds",
        "How long the oldest action that is due has waited",
        figures.oldest_action_age,
    )
    yield _by(
        "hamlet_corrections_unsettled", "Corrections that moderators have to settle", "state", figures.corrections
    )
    yield _gauge("hamlet_corrections_to_learn", "Accepted since the last run", figures.corrections_to_learn)
    yield _by("hamlet_runs", "Runs by state", "state", figures.runs)
    yield _gauge("hamlet_runs_failed_in_a_row", "Scheduled runs that failed since one succeeded", figures.runs_failed)
    yield _moment(
        "hamlet_run_last_done_timestamp_seconds", "When the last run registered a version", figures.last_run_ended_at
    )
    yield from _of_versions(figures)


def _of_versions(figures: Figures) -> Iterator[Metric]:
    champion, shadow = figures.champion, figures.shadow
    yield _named("hamlet_champion_info", "The version that serves, always 1", champion)
    yield _named("hamlet_shadow_info", "The challenger in shadow, always 1", shadow)
    promoted_at = champion.promoted_at if champion else None
    yield _moment("hamlet_champion_promoted_timestamp_seconds", "When the champion was promoted", promoted_at)
    yield _gauge(
        "hamlet_flags_undone", "Flags of the champion that moderators undid since its promotion", figures.flags_undone
    )


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _by(name: str, help_text: str, label: str, values: Mapping[Any, int]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _named(name: str, help_text: str, version: ModelVersion | None) -> Metric:
    return _by(name, help_text, "model_version", {version.name: 1} if version else {})


def _moment(name: str, help_text: str, moment: datetime | None) -> Metric:
    """Without a value where it never happened: no alert shall take it for 1970."""
    family = GaugeMetricFamily(name, help_text)
    if moment is not None:
        family.add_metric([], moment.timestamp())
    return family
