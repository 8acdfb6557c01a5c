"""Counts how often authors of each standing wrote spam here, according to moderators."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Boolean, distinct, func, literal_column, select
from sqlalchemy.orm import Session

from storage.models import Correction, CorrectionState, Standing, Verdict, now
from storage.odds import Counted

COUNTED = timedelta(days=90)
HAS_STANDING = "verdicts.standing <> 'unknown'"  # as in the index ix_verdicts_standing, so that the index alone is read


def counted(session: Session) -> dict[Standing, Counted]:
    """Champions' verdicts of the last 90 days by standing, which imported and web messages do not have."""
    since = now() - COUNTED
    recent = (literal_column(HAS_STANDING, Boolean()), ~Verdict.is_shadow, Verdict.created_at > since)
    totals = select(Verdict.standing, func.count()).where(*recent).group_by(Verdict.standing)
    corrected = select(Verdict.standing, func.count(distinct(Verdict.id))).join(Correction.verdict).where(*recent)
    corrected = corrected.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam).group_by(
        Verdict.standing
    )
    spam = {standing: n for standing, n in session.execute(corrected)}  # noqa: C416 # rows are no pairs to mypy
    return {standing: Counted(total, spam.get(standing, 0)) for standing, total in session.execute(totals)}
