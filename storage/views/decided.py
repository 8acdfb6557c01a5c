"""Which verdicts the figures of quality count: conditions on a verdict, so that each figure has its list."""

from __future__ import annotations

from sqlalchemy import distinct, func, select
from sqlalchemy.sql.elements import ColumnElement

from storage.models import Correction, CorrectionState, Verdict
from storage.moderation.corrections import COUNTED


def labelled() -> ColumnElement[bool]:
    """Whether moderators decided on it, and agree."""
    return Verdict.id.in_(select(Correction.verdict_id).where(Correction.state == CorrectionState.ACCEPTED))


def labelled_as(is_spam: bool) -> ColumnElement[bool]:
    """Whether they decided so."""
    sides = select(Correction.verdict_id).where(Correction.state == CorrectionState.ACCEPTED)
    return Verdict.id.in_(sides.where(Correction.is_spam == is_spam))


def by_two() -> ColumnElement[bool]:
    """Whether two moderators or more decided on it."""
    deciders = select(Correction.verdict_id).where(Correction.state.in_(COUNTED)).group_by(Correction.verdict_id)
    return Verdict.id.in_(deciders.having(func.count(distinct(Correction.actor)) >= 2))
