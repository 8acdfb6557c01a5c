"""What Quality reads from counts and copies is what the verdicts themselves say, counted or not, whatever comes later."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

import pytest
from sqlalchemy import Engine, delete, func, select, update

from storage.access import chats
from storage.learning import erasure
from storage.models import Chat, Correction, CorrectionState, HourCount, Message, Verdict, now
from storage.moderation import quality_counts
from storage.privacy import members
from storage.session import reading, transaction
from storage.views import quality, trends
from storage.views.quality import Quality
from storage.views.trends import Week
from tests.storage.views.at_random import GROUPS, decide, judge

ALL, OWN = None, (1, 3)


def count(engine: Engine, limit: int = quality_counts.COPIED_AT_ONCE) -> None:
    with transaction(engine) as session:
        quality_counts.count_hours(session)
        quality_counts.copy(session, limit)


def shown(engine: Engine, days: int, of_chats: tuple[int, ...] | None) -> tuple[Quality, list[Week]]:
    """The page's figures; the sums of scores, which depend on their order by a hair, to nine digits."""
    with reading(engine) as session:
        figures, weeks = quality.of(session, days, of_chats), trends.of(session, of_chats)
    bins = [replace(one, score=round(one.score, 9)) for one in figures.calibration]
    return replace(figures, calibration=bins), weeks


def everything(engine: Engine) -> list[tuple[Quality, list[Week]]]:
    return [shown(engine, days, of) for days in (7, 30) for of in (ALL, OWN)]


def uncounted(engine: Engine) -> list[tuple[Quality, list[Week]]]:
    """The same with every count and copy taken away, which are put back."""
    with transaction(engine) as session:
        counts = session.execute(select(HourCount.hour, HourCount.chat_id, HourCount.judged, HourCount.flagged)).all()
        copies = dict(session.execute(select(Correction.id, Correction.judged_at)).all())
        session.execute(delete(HourCount))
        session.execute(update(Correction).values(judged_at=None))
    figures = everything(engine)
    with transaction(engine) as session:
        session.add_all(HourCount(hour=h, chat_id=c, judged=j, flagged=f) for h, c, j, f in counts)
        for correction_id, judged_at in copies.items():
            session.execute(update(Correction).where(Correction.id == correction_id).values(judged_at=judged_at))
    return figures


@pytest.mark.parametrize("seed", [1, 2])
def test_the_figures_are_the_same_counted_half_counted_and_uncounted(engine: Engine, seed: int) -> None:
    rng = random.Random(seed)
    judge(engine, rng)
    decide(engine, rng)
    directly = everything(engine)
    count(engine, limit=25)
    assert everything(engine) == directly
    count(engine)
    assert everything(engine) == directly
    decide(engine, rng, 40)  # of some verdicts one decision is copied and another is not
    assert everything(engine) == uncounted(engine)
    assert everything(engine) != directly
    count(engine)
    assert everything(engine) == uncounted(engine)


def test_the_figures_are_those_of_the_rows_themselves(engine: Engine) -> None:
    rng = random.Random(4)
    judge(engine, rng)
    decide(engine, rng)
    count(engine)
    figures, weeks = shown(engine, 30, OWN)
    since = now() - timedelta(days=30)
    with reading(engine) as session:
        verdicts = session.execute(
            select(Verdict, Message.chat_id).join(Verdict.message).where(~Verdict.is_shadow)
        ).all()
        decided = session.scalars(select(Correction).order_by(Correction.id.desc())).all()
    own = {verdict.id: verdict for verdict, chat in verdicts if chat in OWN}
    recent = {n: verdict for n, verdict in own.items() if verdict.created_at > since}
    labels = {one.verdict_id: one for one in decided if one.state == CorrectionState.ACCEPTED}
    tally = Counter((recent[n].is_spam, one.is_spam) for n, one in labels.items() if n in recent)
    total = figures.counts
    assert (total.judged, total.flagged) == (len(recent), sum(one.is_spam for one in recent.values()))
    assert (total.confirmed, total.wrong, total.missed) == (tally[True, True], tally[True, False], tally[False, True])
    assert figures.labelled == sum(tally.values())
    waits = [seconds(recent[n].created_at, one) for n, one in labels.items() if n in recent and recent[n].is_spam]
    assert figures.review_seconds == pytest.approx(median(waits))
    passed = [one.is_spam for n, one in labels.items() if n in recent and recent[n].is_audited]
    assert figures.audited is not None
    assert (figures.audited.value, figures.audited.n) == (sum(passed) / len(passed), len(passed))
    for week in weeks:
        first, last = trends.bounds(week.monday)
        within = {n: verdict for n, verdict in own.items() if first <= verdict.created_at < last}
        decisions = Counter((within[n].is_spam, one.is_spam) for n, one in labels.items() if n in within)
        assert (week.judged, week.flagged) == (len(within), sum(one.is_spam for one in within.values()))
        assert (week.confirmed, week.missed) == (decisions[True, True], decisions[False, True])


def seconds(judged_at: datetime, one: Correction) -> float:
    return (one.created_at - judged_at).total_seconds()


def test_counting_twice_changes_nothing_and_counts_what_a_clock_set_back_has_written(engine: Engine) -> None:
    rng = random.Random(5)
    judge(engine, rng)
    count(engine)
    count(engine)
    with transaction(engine) as session:
        newest = session.scalars(select(Verdict).where(~Verdict.is_shadow).order_by(Verdict.created_at.desc())).first()
        assert newest is not None
        newest.created_at -= timedelta(hours=5)
    count(engine)
    assert everything(engine) == uncounted(engine)


def test_only_hours_that_are_over_are_counted_and_nothing_that_is_not_copied_waits(engine: Engine) -> None:
    rng = random.Random(6)
    judge(engine, rng)
    decide(engine, rng)
    count(engine)
    with reading(engine) as session:
        last = session.scalars(select(func.max(HourCount.hour))).one()
        assert last < quality_counts.number(now() - quality_counts.SETTLES_IN)
        assert session.scalars(select(func.count()).where(Correction.judged_at.is_(None))).one() == 0
        counted = session.scalars(select(func.sum(HourCount.judged))).one()
        over = (~Verdict.is_shadow, Verdict.created_at < quality_counts.begin(last + 1))
        assert counted == session.scalars(select(func.count()).where(*over)).one()


def test_who_is_forgotten_and_what_expires_stay_in_the_counts_alike(engine: Engine) -> None:
    rng = random.Random(7)
    judge(engine, rng)
    decide(engine, rng)
    count(engine)
    judged = everything(engine)[0][0].counts.judged
    with transaction(engine) as session:
        members.forget(session, 7)
        session.execute(update(Message).where(Message.id % 2 == 0).values(received_at=now() - timedelta(days=50)))
        erasure.expire(session, 10)
    assert everything(engine)[0][0].counts.judged == judged
    assert everything(engine) == uncounted(engine)


def test_a_group_that_moves_takes_its_figures_along(engine: Engine) -> None:
    rng = random.Random(8)
    judge(engine, rng)
    decide(engine, rng)
    count(engine)
    with transaction(engine) as session:
        chats.move_group(session, -100, -101)
        assert session.scalars(select(func.count()).select_from(Chat)).one() == GROUPS - 1
    assert everything(engine) == uncounted(engine)
    count(engine)
    assert everything(engine) == uncounted(engine)
