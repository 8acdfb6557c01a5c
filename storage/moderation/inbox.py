"""The inbox: pending messages are claimed under a lease, and end as ham, spam, failed or nothing to judge."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.models import Chat, Message, MessageState, Standing, now
from storage.moderation import (
    authors,
    belated,
    claiming,
    held_albums,
    held_messages,
    new_verdicts,
    orders,
    policies,
    recent_spam,
    recording,
    reports,
)
from storage.moderation.claiming import Claimed
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.policies.opinions import SILENT, NewVerdict, Opinion
from storage.moderation.recording import Held, Outcome
from storage.moderation.requested_actions import consequences

MAX_ATTEMPTS = 5  # a row that took its worker down this often ends `failed`
SUSPECT_ATTEMPTS = 2  # from here on a row is judged alone, so that it cannot take others with it


def new_holder() -> str:
    """A name for a lease that no other has."""
    return uuid.uuid4().hex


def claim(session: Session, limit: int, lease_seconds: float, holder: str | None = None) -> tuple[str, list[Claimed]]:
    """Take up to `limit` waiting messages, copies of recent spam first, then newcomers' and others', imported ones last.

    Returns the lease's holder, and them in that order. A message whose workers died is handed out alone, where no other waits.
    """
    holder = holder or new_holder()
    claimed = claiming.some(session, holder, limit, lease_seconds, SUSPECT_ATTEMPTS)
    if not claimed:
        claimed = claiming.some(session, holder, 1, lease_seconds, MAX_ATTEMPTS)
    return holder, claimed


def claim_suspect(session: Session, lease_seconds: float, holder: str) -> list[Claimed]:
    """Take one message whose workers died, whatever else waits; an imported one goes on waiting behind live ones."""
    return claiming.some(session, holder, 1, lease_seconds, MAX_ATTEMPTS, SUSPECT_ATTEMPTS)


def extend(session: Session, holder: str, lease_seconds: float) -> None:
    """Keep what this holder has not judged yet for another `lease_seconds`."""
    held = update(Message).where(Message.lease_holder == holder, Message.state == MessageState.PENDING)
    session.execute(held.values(lease_until=claiming.later(lease_seconds)))


def release(session: Session, holder: str) -> None:
    """Give back what this holder has not judged, as if it had not been claimed."""
    held = update(Message).where(Message.lease_holder == holder, Message.state == MessageState.PENDING)
    session.execute(held.values(lease_holder=None, lease_until=None, attempts=Message.attempts - 1))


def record(session: Session, holder: str, version: ScoringVersion, judgements: Sequence[Judgement]) -> list[int]:
    """Store the outcome of each message this holder still holds. Returns the verdicts that ask for an action.

    A message that was edited or claimed by another worker meanwhile is passed over: its new holder judges it.
    """
    by_id = {judgement.id: judgement for judgement in judgements}
    held = recording.held(session, holder, by_id)
    standings = authors.standings(session, [(row.author_id, chat) for row, chat in held])
    messages = recording.whole(session, [row.id for row, chat in held if chat.settings])
    chosen = [(messages[row.id], chat) for row, chat in held if row.id in messages]
    opinions = policies.opinions(session, chosen, standings)
    verdicts, outcomes = list[NewVerdict](), defaultdict[Outcome, list[int]](list)
    for row, chat in held:
        judgement, opinion = by_id[row.id], opinions.get(row.id, SILENT)
        if judgement.edit != row.edit:
            continue
        if judgement.score is None and not _is_flagged_without_words(judgement, opinion):
            outcomes[judgement.state or MessageState.FAILED, judgement.error].append(row.id)
            continue
        standing = Standing.UNKNOWN if row.is_join else standings.get((chat.id, row.author_id), Standing.UNKNOWN)
        verdict = new_verdicts.make(row.id, row.edit, chat, version, judgement.score or 0.0, standing, opinion)
        verdict.score_without_names = judgement.score_without_names
        outcomes[MessageState.SPAM if verdict.is_spam else unflagged(row.is_join), None].append(row.id)
        verdicts.append(verdict)
    recording.store(session, version.model_version_id, verdicts)
    recording.end(session, outcomes, messages)
    _hold(session, held, opinions)
    with_verdict = {verdict.message_id for verdict in verdicts}
    orders.carry_out_unjudged(session, [row for rows in outcomes.values() for row in rows if row not in with_verdict])
    return _follow_up(session, held, verdicts)


def unflagged(is_join: bool) -> MessageState:
    """The state of what was judged and is no spam."""
    return MessageState.JOINED if is_join else MessageState.HAM


def _is_flagged_without_words(judgement: Judgement, opinion: Opinion) -> bool:
    """Whether a policy flags what the message shows, so that it matters little that there is nothing to score."""
    return judgement.state == MessageState.NOTHING_TO_JUDGE and opinion.is_about_media and bool(opinion.is_spam)


def _hold(session: Session, held: Sequence[tuple[Held, Chat]], opinions: Mapping[int, Opinion]) -> None:
    """Hold what a policy wants held, unless it is flagged, or is judged elsewhere and still waits."""
    reasons = {row.id: opinions.get(row.id, SILENT).hold for row, _ in held}
    messages = recording.whole(session, [row.id for row, _ in held if reasons[row.id] or row.album_id is not None])
    for row, chat in held:
        if (message := messages.get(row.id)) is None:
            continue
        reason = reasons[row.id]
        if reason is not None and message.state not in (MessageState.SPAM, MessageState.PENDING):
            held_messages.hold(session, message, chat, reason)
        held_albums.stay_out(session, message)


def _follow_up(session: Session, held: Sequence[tuple[Held, Chat]], verdicts: Sequence[NewVerdict]) -> list[int]:
    """Request what new verdicts ask for. Returns those that ask for an action, in order."""
    if not verdicts:
        return []
    spoken_of = recording.spoken_of(session, {verdict.message_id: verdict.id for verdict in verdicts})
    carried_out_before = belated.adopt(session, [*spoken_of.values()])
    flagged = consequences.for_flags(session, [verdict.id for verdict in verdicts if verdict.is_spam])
    reported = reports.show_reported(session, spoken_of)
    ordered = orders.learn(session, carried_out_before) + orders.carry_out_waiting(session, spoken_of)
    judged = recording.judged(session, held, verdicts)
    recent_spam.note_flags(session, [one.message for one in judged if one.verdict.is_spam])
    followed = policies.after_verdicts(session, judged)
    return sorted({*flagged, *reported, *ordered, *followed})


def give_up(session: Session) -> int:
    """End as `failed` what was claimed too often and never judged. Returns how many messages."""
    exhausted = update(Message).where(claiming.is_waiting(now()), Message.attempts >= MAX_ATTEMPTS)
    reason = f"the worker did not finish it in {MAX_ATTEMPTS} attempts"
    failed = exhausted.values(state=MessageState.FAILED, error=reason).returning(Message.id)
    rows = session.scalars(failed.execution_options(synchronize_session=False)).all()
    if rows:
        orders.carry_out_unjudged(session, rows)
    return len(rows)


def retry_failed(session: Session) -> int:
    """Put every failed message back into the queue. Returns how many."""
    failed = update(Message).where(Message.state == MessageState.FAILED)
    values = failed.values(state=MessageState.PENDING, error=None, attempts=0, lease_until=None)
    return int(session.execute(values).rowcount)  # type: ignore[attr-defined]  # the cursor result has it


def waiting(session: Session) -> int:
    """How many messages wait for a verdict."""
    return session.scalars(select(func.count()).where(Message.state == MessageState.PENDING)).one()


def waits_live(session: Session) -> bool:
    """Whether a live message waits that nobody has claimed."""
    free = select(Message.id).where(claiming.is_waiting(now()), ~Message.is_imported)
    return session.scalars(free.order_by(*claiming.TURN).limit(1)).first() is not None


def waits_more_than(session: Session, limit: int, counts_imported: bool = True) -> bool:
    """Whether more than `limit` messages wait for a verdict; counts no further than it must."""
    one_more = select(Message.id).where(Message.state == MessageState.PENDING).order_by(*claiming.TURN)
    if not counts_imported:
        one_more = one_more.where(~Message.is_imported)
    return session.scalars(one_more.offset(limit).limit(1)).first() is not None
