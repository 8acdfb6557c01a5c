"""The benchmark of the queue page, on few messages."""

from __future__ import annotations

import pytest

from benchmarks import review
from tests.servers import Postgres

pytestmark = pytest.mark.stories


def test_every_view_of_a_filled_database_is_measured(postgres: Postgres) -> None:
    found = review.measured(postgres.migrated_database(), rows=2_000, requests=1)
    assert found["rows"] == 2_000
    assert set(found["by_view"]) == set(review.VIEWS)
    assert found["queue_median_ms"] == found["by_view"]["queue"]["median_ms"] > 0
    assert found["worst_median_ms"] >= found["queue_median_ms"]
