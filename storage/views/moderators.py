"""How moderators decide: how many, how fast, how often as the others do, and which flags they undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.intervals import Share, wilson
from storage.models import Action, ActionKind, Correction, CorrectionState, Message, Verdict, now

DAYS = 30
MOST_READ = 50_000  # decisions, the newest ones
NOT_A_MODERATORS = (CorrectionState.PROPOSED, CorrectionState.REJECTED, CorrectionState.ERASED)
STANDS = (CorrectionState.ACCEPTED, CorrectionState.DISPUTED, CorrectionState.SET_ASIDE)

Text = tuple[int, int]  # a message and which edit of it


@dataclass(frozen=True)
class Made:
    """A moderator's decision, whatever became of it."""

    actor: str
    name: str
    is_spam: bool
    state: CorrectionState
    decided_at: datetime
    shown_at: datetime  # when its notice was posted, or else when it was judged
    was_flagged: bool
    text: Text


@dataclass
class Tally:
    """What is counted of one moderator."""

    name: str = ""
    decisions: int = 0
    minutes: list[float] = field(default_factory=list)
    agreed: list[bool] = field(default_factory=list)
    flags_decided: int = 0
    flags_undone: int = 0


@dataclass(frozen=True)
class Moderator:
    """The figures of one moderator."""

    actor: str
    name: str
    decisions: int
    minutes: float | None  # the median, from notice or verdict to the decision on a flag
    agreement: Share | None  # of the first decisions on texts that another decided too, those that hold now
    undone: Share | None  # of the flags decided, those decided not to be spam
    flags_undone: int


def of_last_days(session: Session, chats: tuple[int, ...] | None) -> list[Moderator]:
    """Everybody who decided in these chats (None: in all) in the last 30 days, the busiest first."""
    made = _made(session, chats)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for one in made:
        _count(tallies[one.actor], one)
    for actor, agrees in _agreements(made):
        tallies[actor].agreed.append(agrees)
    return sorted((_figures(actor, tally) for actor, tally in tallies.items()), key=lambda one: -one.decisions)


def _made(session: Session, chats: tuple[int, ...] | None) -> list[Made]:
    """The decisions of moderators, the oldest first."""
    notified = (Action.verdict_id == Verdict.id) & (Action.kind == ActionKind.NOTIFY)
    columns = (
        Correction.actor,
        Correction.actor_name,
        Correction.is_spam,
        Correction.state,
        Correction.created_at,
        func.coalesce(Action.done_at, Verdict.created_at, type_=Verdict.created_at.type),
        Verdict.is_spam,
    )  # the fields of Made, without its text
    rows = select(*columns).add_columns(Verdict.message_id, Verdict.edit).select_from(Correction)
    rows = rows.join(Correction.verdict).join(Verdict.message).outerjoin(Action, notified)
    rows = rows.where(Correction.created_at > now() - timedelta(days=DAYS), Correction.state.not_in(NOT_A_MODERATORS))
    if chats is not None:
        rows = rows.where(Message.chat_id.in_(chats))
    newest = session.execute(rows.order_by(Correction.id.desc()).limit(MOST_READ)).all()
    return [
        Made(actor, name, is_spam, state, decided_at, shown_at, was_flagged, (message, edit))
        for actor, name, is_spam, state, decided_at, shown_at, was_flagged, message, edit in reversed(newest)
    ]


def _count(tally: Tally, one: Made) -> None:
    tally.name = one.name
    if one.state not in STANDS:
        return
    tally.decisions += 1
    if not one.was_flagged:
        return  # what was drawn for the audit may wait
    tally.minutes.append(max((one.decided_at - one.shown_at).total_seconds(), 0) / 60)
    if one.state != CorrectionState.SET_ASIDE:
        tally.flags_decided += 1
        tally.flags_undone += not one.is_spam


def _agreements(made: Sequence[Made]) -> list[tuple[str, bool]]:
    """For each text with several deciders, whether the first decision of each is what holds now.

    An open dispute has no outcome yet, and counts for nobody.
    """
    by_text: dict[Text, list[Made]] = defaultdict(list)
    for one in made:
        if one.state != CorrectionState.SET_ASIDE:
            by_text[one.text].append(one)
    return [agreement for decisions in by_text.values() for agreement in _on_text(decisions)]


def _on_text(decisions: Sequence[Made]) -> list[tuple[str, bool]]:
    firsts: dict[str, bool] = {}
    for one in decisions:
        firsts.setdefault(one.actor, one.is_spam)
    outcome = {one.is_spam for one in decisions if one.state == CorrectionState.ACCEPTED}
    if len(firsts) < 2 or len(outcome) != 1:
        return []
    return [(actor, is_spam in outcome) for actor, is_spam in firsts.items()]


def _figures(actor: str, tally: Tally) -> Moderator:
    return Moderator(
        actor=actor,
        name=tally.name or actor,
        decisions=tally.decisions,
        minutes=median(tally.minutes) if tally.minutes else None,
        agreement=wilson(sum(tally.agreed), len(tally.agreed)),
        undone=wilson(tally.flags_undone, tally.flags_decided),
        flags_undone=tally.flags_undone,
    )
