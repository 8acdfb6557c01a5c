"""How the moderators of the chats somebody may see decide."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from review.auth import SignedIn
from review.pages import page
from storage.access import chats
from storage.session import reading
from storage.views import moderators

router = APIRouter(prefix="/quality/moderators")


@router.get("")
def show_moderators(request: Request, login: SignedIn, chat: str = "") -> Response:
    """Decisions, speed, agreement and undone flags of each moderator, in all chats or in one."""
    with reading(request.app.state.engine) as session:
        visible = chats.visible(session, login.chats)
        chosen = next((one for one in visible if str(one.id) == chat), None)
        rows = moderators.of_last_days(session, (chosen.id,) if chosen else login.chats)
    context = {"login": login, "chats": visible, "chosen": chosen, "moderators": rows, "days": moderators.DAYS}
    return page(request, "moderators.html", context)
