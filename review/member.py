"""One member of a chat: what hamlet knows of them there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from review.auth import SignedIn
from review.filters import RowId
from review.language import gettext_noop
from review.pages import page
from storage.access import chats
from storage.session import reading
from storage.views import member

UserId = Annotated[int, Path(gt=-(2**63), lt=2**63)]  # channels have negative numbers
STANDINGS = {
    "unknown": gettext_noop("none: a channel, an anonymous author, or nothing written here"),
    "newcomer": gettext_noop("a newcomer, or one who lost what was earned"),
    "some": gettext_noop("some clean messages here"),
    "before": gettext_noop("was here before hamlet"),
    "good": gettext_noop("in good standing"),
}

router = APIRouter(prefix="/chats/{chat_id}/members")


@router.get("/{user_id}")
def show_member(
    request: Request, login: SignedIn, chat_id: RowId, user_id: UserId, before: RowId | None = None
) -> Response:
    """The member's standing, counts, sanctions, and newest messages with verdicts and decisions."""
    with reading(request.app.state.engine) as session:
        chat = chats.one_of(session, chat_id, login.chats)
        known = member.of(session, chat, user_id, before)
    more = known.messages[member.SHOWN - 1].id if len(known.messages) > member.SHOWN else None
    context = {
        "login": login,
        "chat": chat,
        "member": known,
        "standing": STANDINGS[known.standing],
        "messages": known.messages[: member.SHOWN],
        "more": more,
    }
    return page(request, "member.html", context)
