"""An order as a moderator gave it: what kind, how long, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from storage.access.people import Member
from storage.models import Chat, OrderKind
from storage.moderation.requested_actions import terms
from storage.rules import FOR_GOOD, Term
from telegram_ui.language import sentences


@dataclass(frozen=True)
class Given:
    """An order with the length that was named, if any."""

    kind: OrderKind
    term: Term | None = None

    @property
    def is_answered(self) -> bool:
        """Whether a reply with it is answered: its effect cannot be seen in the group, or lasts as long as was named."""
        return self.kind == OrderKind.MUTE or (self.term is not None and self.term != FOR_GOOD)


def noted(chat: Chat, member: Member, given: Given) -> str:
    """What is answered to a ban or mute, in the chat's language."""
    term = given.term or (FOR_GOOD if given.kind == OrderKind.BAN_FOR_GOOD else terms.of_chat(chat))
    return texts.sanctioning(sentences(chat.language), member, given.kind, term)
