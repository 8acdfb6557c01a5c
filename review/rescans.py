"""Old messages of a chat, looked at again by the present version: a dry run, its list, and one button that flags it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from jobs import send
from review.auth import NotAllowed, OwnForm, SignedIn
from review.filters import RowId
from review.pages import page
from storage.access import chats
from storage.models import ModelVersion
from storage.moderation import rescan_flags, rescans
from storage.rules import ACTS_BY_ITSELF
from storage.session import reading, transaction

router = APIRouter(prefix="/chats/{chat_id}/rescan")
Days = Annotated[int, Form(ge=1, le=rescans.MOST_DAYS)]


@router.get("")
def show(request: Request, login: SignedIn, chat_id: RowId) -> Response:
    """The form, how far the chat's newest rescan is, and what it lists."""
    with reading(request.app.state.engine) as session:
        chat = chats.one_of(session, chat_id, login.chats)
        rescan = rescans.latest(session, chat_id)
        version = session.get(ModelVersion, rescan.model_version_id) if rescan and rescan.model_version_id else None
        is_listed = rescan is not None and rescan.done_at is not None and rescan.flagged_at is None
        context = {
            "login": login,
            "chat": chat,
            "rescan": rescan,
            "version": version,
            "rows": rescan_flags.listed(session, rescan.id) if rescan is not None and is_listed else [],
            "most": rescans,
            "may_act": login.is_operator and chat.mode in ACTS_BY_ITSELF,
        }
    return page(request, "rescan.html", context)


@router.post("")
def begin(request: Request, login: OwnForm, chat_id: RowId, days: Days) -> Response:
    """Have the worker look at the last days again; nothing is changed by that."""
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        rescans.request(session, chat_id, days, login.actor)
    return RedirectResponse(f"/chats/{chat_id}/rescan", status_code=303)


@router.post("/{rescan_id}/flag")
def flag(
    request: Request, login: OwnForm, chat_id: RowId, rescan_id: RowId, acts: Annotated[bool, Form()] = False
) -> Response:
    """Flag exactly what is listed; only an operator may have the chat's mode act on it as well."""
    if acts and not login.is_operator:
        raise NotAllowed
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        flags = rescan_flags.flag(session, chat_id, rescan_id, login.actor, acts=acts)
    for verdict_id in flags.asking[:1]:  # the sweep of actions does the rest
        send.act(verdict_id)
    return RedirectResponse(f"/chats/{chat_id}/rescan", status_code=303)
