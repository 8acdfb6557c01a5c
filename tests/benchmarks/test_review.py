"""The benchmark of the queue and of Quality, on few messages."""

from __future__ import annotations

import pytest

from benchmarks import review
from tests.servers import Postgres

pytestmark = pytest.mark.stories


def test_every_view_of_a_filled_database_is_measured(postgres: Postgres) -> None:
    figures = review.measured(postgres.migrated_database(), rows=2_000, requests=1)
    assert figures["rows"] == 2_000
    assert set(figures["by_view"]) == set(review.PAGES)
    assert figures["queue_median_ms"] == figures["by_view"]["queue"]["median_ms"] > 0
    assert figures["worst_median_ms"] >= figures["queue_median_ms"]
    assert figures["quality_median_ms"] == figures["by_view"][review.QUALITY]["median_ms"] > 0
