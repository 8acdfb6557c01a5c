"""Reads verdicts, each with everything that its readers want to see beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.sql.elements import ColumnElement

from storage.errors import UnknownVerdict
from storage.models import Correction, CorrectionState, EarlierText, Message, Sign, Standing, Verdict
from storage.moderation import albums, listings
from storage.moderation.listings import Listed
from storage.odds import moved

STANDING = (
    CorrectionState.ACCEPTED,
    CorrectionState.DISPUTED,
    CorrectionState.PROPOSED,
)  # neither replaced nor rejected
SETTLING = (CorrectionState.ACCEPTED, CorrectionState.SET_ASIDE)
SHOWN = (*STANDING, CorrectionState.SET_ASIDE)


@dataclass(frozen=True)
class JudgedMessage:
    """A verdict with its message, chat, model version and corrections."""

    verdict_id: int
    message_row_id: int
    text: str
    author_name: str
    chat_title: str
    chat_external_id: int
    sent_at: datetime
    score: float
    review_threshold: float
    act_threshold: float
    is_spam: bool
    model_version: str
    language: str = "en"
    chat_id: int = 0
    edit: int = 0
    author_id: int | None = None
    corrections: tuple[Correction, ...] = ()
    standing: Standing = Standing.UNKNOWN  # of the author at that moment
    shift: float = 0.0  # of the version's thresholds by the standing and the script, in log-odds
    rule: str | None = None  # of the chat's own, that decided instead of the score
    is_join: bool = False  # nothing was written: somebody joined, and the text is their name
    script: str | None = None  # of a newcomer's text, where hardly anybody there writes in it
    script_weight: float = 0.0  # of that, in log-odds; both thresholds were lowered by it
    score_without_names: float | None = None  # of the words alone, where the author's name was read with them
    listed: Listed | None = None  # the author is on a list of spammers, and the chat wants to know
    is_by_deleted_account: bool = False  # likewise


def judged_text() -> Select[Verdict, str]:
    """Champions' verdicts, each with the text it judged, which an edit may have replaced since."""
    return with_text().where(~Verdict.is_shadow)


def with_text() -> Select[Verdict, str]:
    """The same for every verdict, a shadow's too."""
    earlier = (EarlierText.message_id == Verdict.message_id) & (EarlierText.edit == Verdict.edit)
    text = func.coalesce(EarlierText.text, Message.text)
    return select(Verdict, text).join(Verdict.message).outerjoin(EarlierText, earlier)


def flagged(
    session: Session, limit: int = 50, before_id: int | None = None, open_only: bool = False
) -> list[JudgedMessage]:
    """Spam verdicts, the newest first; `before_id` pages on; `open_only` leaves out what is settled."""
    statement = judged_text().where(Verdict.is_spam)
    return with_context(session, _page(_open(statement) if open_only else statement, limit, before_id))


def audited(session: Session, limit: int = 50, before_id: int | None = None) -> list[JudgedMessage]:
    """Unsettled ham verdicts that were drawn for the audit, the newest first; `before_id` pages on."""
    return with_context(session, _page(_open(judged_text().where(Verdict.is_audited)), limit, before_id))


def _open(statement: Select[Verdict, str]) -> Select[Verdict, str]:
    """Only the verdicts that wait for a decision."""
    return statement.where(~is_settled(), ~is_overtaken())


def is_settled() -> ColumnElement[bool]:
    """Whether a correction has settled the verdict."""
    settling = select(Correction.id).where(Correction.verdict_id == Verdict.id, Correction.state.in_(SETTLING))
    return settling.correlate(Verdict).exists()


def is_overtaken() -> ColumnElement[bool]:
    """Whether the message was edited and flagged again; a decision on its newest flag is for all of them."""
    later = aliased(Verdict)
    of_message = (later.message_id == Verdict.message_id) & (later.id > Verdict.id)
    return select(later.id).where(of_message, later.is_spam, ~later.is_shadow).correlate(Verdict).exists()


def newest_flag(session: Session, verdict_id: int) -> int:
    """The newest flag of this verdict's message, or the verdict itself where there is none."""
    message_row = select(Verdict.message_id).where(Verdict.id == verdict_id).scalar_subquery()
    flags = select(func.max(Verdict.id)).where(Verdict.message_id == message_row, Verdict.is_spam, ~Verdict.is_shadow)
    return session.scalars(flags).one() or verdict_id


def _page(statement: Select[Verdict, str], limit: int, before_id: int | None) -> Select[Verdict, str]:
    """The newest first, or the newest of those before `before_id`."""
    older = statement if before_id is None else statement.where(Verdict.id < before_id)
    return older.order_by(Verdict.id.desc()).limit(limit)


def verdict(session: Session, verdict_id: int) -> JudgedMessage:
    """A champion's verdict. Raises UnknownVerdict."""
    rows = with_context(session, judged_text().where(Verdict.id == verdict_id))
    if not rows:
        raise UnknownVerdict(verdict_id)
    return rows[0]


def on_message(session: Session, chat_id: int, message_id: int) -> JudgedMessage | None:
    """The champion's verdict on the current text of the chat's message of that number, or of its album."""
    message = session.scalars(select(Message).filter_by(chat_id=chat_id, message_id=message_id)).one_or_none()
    verdict_id = newest_verdict(session, albums.worded(session, message)) if message is not None else None
    return verdict(session, verdict_id) if verdict_id is not None else None


def newest_verdict(session: Session, message: Message) -> int | None:
    """The champion's newest verdict on a message's current text."""
    of_text = select(Verdict.id).where(Verdict.message_id == message.id, Verdict.edit == message.edit)
    return session.scalars(of_text.where(~Verdict.is_shadow).order_by(Verdict.id.desc()).limit(1)).first()


def with_context(session: Session, statement: Select[Verdict, str]) -> list[JudgedMessage]:
    """The statement's verdicts, each with its message, chat, model version and corrections."""
    context = (joinedload(Verdict.message).joinedload(Message.chat), joinedload(Verdict.model_version))
    rows = session.execute(statement.options(*context)).all()
    corrections: dict[int, list[Correction]] = {row.id: [] for row, _ in rows}
    current = Correction.state.in_(SHOWN)
    for correction in session.scalars(
        select(Correction).where(Correction.verdict_id.in_(corrections), current).order_by(Correction.id)
    ):
        corrections[correction.verdict_id].append(correction)
    authors = {row.message.author_id for row, _ in rows if row.message.chat.chosen.spammer_list}
    listed = listings.of(session, authors)
    return [_judged(row, text, corrections[row.id], listed) for row, text in rows]


def _judged(verdict: Verdict, text: str, corrections: list[Correction], listed: Mapping[int, Listed]) -> JudgedMessage:
    chosen, author_id = verdict.message.chat.chosen, verdict.message.author_id
    return JudgedMessage(
        verdict_id=verdict.id,
        message_row_id=verdict.message_id,
        text=text,
        author_name=verdict.message.author_name,
        chat_title=verdict.message.chat.title,
        chat_external_id=verdict.message.chat.external_id,
        sent_at=verdict.message.sent_at,
        score=verdict.score,
        review_threshold=verdict.review_threshold,
        act_threshold=verdict.act_threshold,
        is_spam=verdict.is_spam,
        model_version=verdict.model_version.name,
        language=verdict.message.chat.language,
        chat_id=verdict.message.chat_id,
        edit=verdict.edit,
        author_id=author_id,
        corrections=tuple(corrections),
        standing=verdict.standing,
        rule=verdict.rule,
        is_join=verdict.message.is_join,
        script=verdict.script,
        script_weight=verdict.script_weight,
        score_without_names=verdict.score_without_names,
        listed=listed.get(author_id or 0) if chosen.spammer_list else None,
        is_by_deleted_account=chosen.shows_deleted and Sign.DELETED_ACCOUNT in verdict.message.signs,
        shift=moved(verdict.model_version.review_threshold, verdict.review_threshold),
    )
