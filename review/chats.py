"""The chats: their settings and what each would have done, who decides there, and the kill switches."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from review import policies
from review.auth import OperatorsForm, OwnForm, SignedIn
from review.filters import RowId
from review.language import gettext_noop
from review.pages import page
from storage.access import chats, switches
from storage.learning import versions
from storage.models import Chat, Mode, Strictness, now
from storage.moderation.requested_actions import requests
from storage.session import reading, transaction
from storage.views import status
from storage.views.status import Consequence
from telegram_ui.language import LANGUAGES

MEANINGS = {
    Mode.OBSERVE: gettext_noop("only reports; never acts"),
    Mode.TRAINING: gettext_noop("deletes and bans when a moderator says spam"),
    Mode.SOFT: gettext_noop("clear spam is deleted, its author muted"),
    Mode.ENFORCE: gettext_noop("clear spam is deleted, its author banned"),
}
CEILINGS = {
    Strictness.CAUTIOUS: gettext_noop("at most 1 in 10,000 harmless messages hit"),
    Strictness.NORMAL: gettext_noop("at most 1 in 1,000"),
    Strictness.STRICT: gettext_noop("at most 1 in 100"),
}

router = APIRouter(prefix="/chats")


@router.get("")
def show_chats(request: Request, login: SignedIn) -> Response:
    """Every chat this person may see, with its counts of the last week."""
    with reading(request.app.state.engine) as session:
        visible = chats.visible(session, login.chats)
        context = {
            "login": login,
            "chats": [(chat, status.of_chat(session, chat)) for chat in visible],
            "stopped_by": switches.stopped_by(session),
        }
    return page(request, "chats.html", context)


@router.post("/stop")
def stop_all(request: Request, login: OperatorsForm) -> Response:
    """The kill switch for all chats; actions that wait are dropped."""
    with transaction(request.app.state.engine) as session:
        switches.stop(session, login.actor)
        requests.stop_waiting(session, None, now())
    return RedirectResponse("/chats", status_code=303)


@router.post("/go-on")
def go_on(request: Request, login: OperatorsForm) -> Response:
    """Release the kill switch for all chats."""
    with transaction(request.app.state.engine) as session:
        switches.go_on(session, login.actor)
    return RedirectResponse("/chats", status_code=303)


@router.get("/{chat_id}")
def show_chat(request: Request, login: SignedIn, chat_id: RowId) -> Response:
    """One chat's settings, each choice with its consequence."""
    with reading(request.app.state.engine) as session:
        chat = chats.one_of(session, chat_id, login.chats)
        context = {
            "login": login,
            "chat": chat,
            "week": status.of_chat(session, chat),
            "consequences": _consequences(session, chat),
            "deciders": chats.deciders(session, chat_id),
            "meanings": MEANINGS,
            "ceilings": CEILINGS,
            "languages": LANGUAGES,
            "choices": policies.rows(request),
            "idle": policies.idle(request, session),
            "history_mb": request.app.state.settings.history_mb,
        }
    return page(request, "chat-settings.html", context)


@router.post("/{chat_id}")
def choose(
    request: Request,
    login: OwnForm,
    chat_id: RowId,
    mode: Annotated[Mode, Form()],
    strictness: Annotated[Strictness, Form()],
    language: Annotated[str, Form()] = "en",
    standing_after: Annotated[int, Form(ge=0, le=1_000)] = 5,
    reports_needed: Annotated[int, Form(ge=1, le=100)] = 2,
    reports_an_hour: Annotated[int, Form(ge=1, le=1_000)] = 10,
) -> Response:
    """Store the chat's choices; they hold from now on."""
    chosen = {
        "mode": mode,
        "strictness": strictness,
        "language": language if language in LANGUAGES else "en",
        "standing_after": standing_after,
        "reports_needed": reports_needed,
        "reports_an_hour": reports_an_hour,
    }
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        for what, value in chosen.items():
            chats.choose(session, chat_id, what, value, login.actor)
    return RedirectResponse(f"/chats/{chat_id}", status_code=303)


@router.post("/{chat_id}/pause")
def pause(request: Request, login: OwnForm, chat_id: RowId) -> Response:
    """The kill switch of one chat: only moderators act there from now on."""
    with transaction(request.app.state.engine) as session:
        switches.pause(chats.one_of(session, chat_id, login.chats), login.name)
        requests.stop_waiting(session, chat_id, now())
    return RedirectResponse(f"/chats/{chat_id}", status_code=303)


@router.post("/{chat_id}/resume")
def resume(request: Request, login: OwnForm, chat_id: RowId) -> Response:
    """Release the kill switch of one chat."""
    with transaction(request.app.state.engine) as session:
        switches.resume(chats.one_of(session, chat_id, login.chats), login.actor)
    return RedirectResponse(f"/chats/{chat_id}", status_code=303)


def _consequences(session: Session, chat: Chat) -> dict[Strictness, tuple[float, Consequence]]:
    """What each strictness would have done last week, where the champion has a threshold for it."""
    champion = versions.champion(session)
    acts = champion.metrics.get("act", {}) if champion else {}
    return {
        kind: (acts[kind]["threshold"], status.consequence(session, chat, acts[kind]["threshold"]))
        for kind in Strictness
        if "threshold" in acts.get(kind, {})
    }
