"""Every scenario, in the order of the table in docs/trust.md."""

from __future__ import annotations

from benchmarks.faults import brokers, clocks, databases, kills, machines, models, releases, telegrams

SCENARIOS = (
    *kills.SCENARIOS,
    *brokers.SCENARIOS,
    *databases.SCENARIOS,
    *telegrams.SCENARIOS,
    *models.SCENARIOS,
    *clocks.SCENARIOS,
    *machines.SCENARIOS,
    *releases.SCENARIOS,
)
