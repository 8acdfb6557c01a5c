"""Verdicts as moderators see them: with reports, appeal, the shadow's verdict and the messages around."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import picture_words
from storage.errors import UnknownVerdict
from storage.models import Chat, Claim, Correction, Message, ModelVersion, Verdict, VersionState
from storage.moderation import appeals, claims, pictures, reports, second_opinions
from storage.moderation.pictures import Shown
from storage.moderation.second_opinions import Hint
from storage.moderation.verdicts import JudgedMessage, judged_text, with_context

AROUND = 3  # messages shown before and after


@dataclass(frozen=True)
class Shadow:
    """The verdict of the version in shadow on the same text."""

    model_version: str
    score: float
    is_spam: bool


@dataclass(frozen=True)
class Card:
    """A verdict with everything that helps to decide on it."""

    item: JudgedMessage
    reports: int = 0
    appeal: str | None = None
    shadow: Shadow | None = None
    hint: Hint | None = None  # another model's second opinion
    claim: Claim | None = None
    guidelines: str = ""  # of its chat, for whoever decides
    picture: Shown | None = None  # what was read in its picture
    earlier: tuple[Correction, ...] = ()  # decisions with a note that no longer count, or that were on an earlier text

    @property
    def text(self) -> str:
        """What the author wrote, without the words of the picture."""
        return picture_words.without(self.item.text, self.picture.words) if self.picture else self.item.text

    @property
    def in_picture(self) -> str:
        """What was read in the picture, where the judged text holds it."""
        return self.picture.words if self.picture and self.text != self.item.text else ""


@dataclass(frozen=True)
class Around:
    """Messages of the same chat before and after one, in order."""

    before: list[Message] = field(default_factory=list)
    after: list[Message] = field(default_factory=list)


def of(session: Session, verdict_ids: Sequence[int]) -> list[Card]:
    """The cards of these verdicts, in this order."""
    items = {item.verdict_id: item for item in with_context(session, judged_text().where(Verdict.id.in_(verdict_ids)))}
    rows = [item.message_row_id for item in items.values()]
    counts, texts = reports.counts(session, rows), appeals.texts(session, verdict_ids)
    hints = second_opinions.hints(session, verdict_ids)
    shadows, noted, claimed = _shadows(session, rows), _noted(session, rows), claims.standing(session, verdict_ids)
    in_pictures = pictures.shown(session, rows)
    guidelines = _guidelines(session, {item.chat_id for item in items.values()})
    return [
        Card(
            item,
            counts.get(item.message_row_id, 0),
            texts.get(item.verdict_id),
            shadows.get((item.message_row_id, item.edit)),
            hints.get(item.verdict_id),
            claimed.get(item.verdict_id),
            guidelines.get(item.chat_id, ""),
            in_pictures.get(item.message_row_id),
            tuple(one for one in noted.get(item.message_row_id, ()) if one not in item.corrections),
        )
        for item in (items[verdict_id] for verdict_id in verdict_ids if verdict_id in items)
    ]


def one(session: Session, verdict_id: int, chats: tuple[int, ...] | None) -> Card:
    """The card of one verdict, if it is in the chats somebody may see. Raises UnknownVerdict."""
    cards = of(session, [verdict_id])
    if not cards or not (chats is None or cards[0].item.chat_id in chats):
        raise UnknownVerdict(verdict_id)
    return cards[0]


def allowed(session: Session, verdict_ids: Sequence[int], chats: tuple[int, ...] | None) -> list[int]:
    """Those of the verdicts that are a champion's and in these chats."""
    visible = select(Verdict.id).where(Verdict.id.in_(verdict_ids), ~Verdict.is_shadow).order_by(Verdict.id)
    if chats is not None:
        visible = visible.join(Verdict.message).where(Message.chat_id.in_(chats))
    return list(session.scalars(visible))


def around(session: Session, item: JudgedMessage) -> Around:
    """The messages before and after in the same chat, by the platform's own numbers."""
    message = session.get_one(Message, item.message_row_id)
    if message.is_join and message.message_id < 0:  # no service message says where that was
        return Around([], [])
    there = select(Message).where(Message.chat_id == message.chat_id).limit(AROUND)
    before = there.where(Message.message_id < message.message_id).order_by(Message.message_id.desc())
    after = there.where(Message.message_id > message.message_id).order_by(Message.message_id)
    return Around(list(session.scalars(before))[::-1], list(session.scalars(after)))


def _noted(session: Session, message_rows: Sequence[int]) -> dict[int, list[Correction]]:
    """The decisions on each message that have a note, the oldest first."""
    rows = select(Verdict.message_id, Correction).join(Verdict, Verdict.id == Correction.verdict_id)
    rows = rows.where(Verdict.message_id.in_(message_rows), Correction.note.is_not(None)).order_by(Correction.id)
    noted: dict[int, list[Correction]] = {}
    for row, correction in session.execute(rows):
        noted.setdefault(row, []).append(correction)
    return noted


def _guidelines(session: Session, chat_ids: Iterable[int]) -> dict[int, str]:
    return {
        chat.id: chat.chosen.guidelines for chat in session.scalars(select(Chat).where(Chat.id.in_(list(chat_ids))))
    }


def _shadows(session: Session, message_rows: Sequence[int]) -> dict[tuple[int, int], Shadow]:
    judged = select(Verdict, ModelVersion.name).join(Verdict.model_version)
    judged = judged.where(
        Verdict.message_id.in_(message_rows), Verdict.is_shadow, ModelVersion.state == VersionState.SHADOW
    )
    return {
        (verdict.message_id, verdict.edit): Shadow(name, verdict.score, verdict.is_spam)
        for verdict, name in session.execute(judged)
    }
