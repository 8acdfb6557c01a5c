"""What another threshold would have done: each verdict's is moved as its author's standing moved it then."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from storage.models import Chat, ModelVersion, Standing
from storage.moderation import verdicts
from storage.odds import shifted, shifts
from storage.session import reading
from storage.views import quality, status
from storage.views.status import Consequence
from tests.storage import given

MOVED = shifts({})
MODERATOR = "web:ann"


@pytest.fixture
def both(engine: Engine) -> tuple[int, int]:
    """One text of one score by a regular and by a newcomer; moderators said that the one is ham, the other spam."""
    model: ModelVersion = given.version(engine)
    given.regular(engine, model)
    given.joined(engine, 8)
    both = (given.incoming("buy", 1), given.incoming("buy", 2, author_id=8))
    regulars, newcomers = (given.verdict(engine, model, message, 0.97, shifts=MOVED) for message in both)
    given.corrected(engine, regulars, MODERATOR, False)
    given.corrected(engine, newcomers, MODERATOR, True)
    return regulars, newcomers


def consequence(engine: Engine, threshold: float) -> Consequence:
    with reading(engine) as session:
        return status.consequence(session, session.scalars(select(Chat)).one(), threshold)


def test_a_strictness_would_have_removed_what_reaches_its_moved_threshold(
    engine: Engine, both: tuple[int, int]
) -> None:
    assert consequence(engine, 0.9) == Consequence(judged=7, removed=1, wrongly=0)
    assert consequence(engine, 0.2) == Consequence(judged=7, removed=2, wrongly=1)
    assert consequence(engine, 0.98) == Consequence(judged=7, removed=0, wrongly=0)


def test_the_quality_pages_thresholds_are_those_of_first_messages(engine: Engine, both: tuple[int, int]) -> None:
    with reading(engine) as session:
        thresholds = quality.of(session, 7, None).thresholds
    assert thresholds[50] == (1, 0, 0), "as it was judged: the newcomer's was flagged"
    assert thresholds[20] == (2, 1, 0)
    assert thresholds[98] == (0, 0, 1)


def test_a_verdict_tells_the_standing_and_by_how_much_it_moved_the_thresholds(
    engine: Engine, both: tuple[int, int]
) -> None:
    with reading(engine) as session:
        regulars, newcomers = (verdicts.verdict(session, verdict_id) for verdict_id in both)
    assert (regulars.standing, newcomers.standing) == (Standing.GOOD, Standing.NEWCOMER)
    assert regulars.shift == pytest.approx(MOVED[Standing.GOOD])
    assert regulars.review_threshold == pytest.approx(shifted(0.5, regulars.shift))
    assert newcomers.shift == 0
