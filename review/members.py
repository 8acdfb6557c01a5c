"""A chat's banned, muted and trusted members: listed, released, trusted, trusted no longer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from jobs import send
from review.auth import OwnForm, SignedIn
from review.filters import RowId
from review.pages import page
from storage.access import chats, people, trust
from storage.models import LoginSession
from storage.moderation import pardons
from storage.session import reading, transaction
from storage.views import members

UserId = Annotated[int, Path(ge=-(2**63), lt=2**63)]

router = APIRouter(prefix="/chats/{chat_id}/members")


@router.get("")
def show(request: Request, login: SignedIn, chat_id: RowId) -> Response:
    """Who is sanctioned and who is trusted, and a form to trust somebody."""
    with reading(request.app.state.engine) as session:
        return _page(request, session, login, chat_id)


@router.post("/trust")
def give_trust(
    request: Request, login: OwnForm, chat_id: RowId, address: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Trust somebody who was seen in the chat, by id or @name."""
    typed = address.strip()
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        member = people.resolve(session, chat_id, typed)
        if member is None:
            return _page(request, session, login, chat_id, typed)
        trust.give(session, chat_id, member.user_id, member.name, login.actor)
    return _to_page(chat_id)


@router.post("/{user_id}/untrust")
def take_trust(request: Request, login: OwnForm, chat_id: RowId, user_id: UserId) -> Response:
    """Trust this member no longer; pressing it again changes nothing."""
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        trust.take(session, chat_id, user_id, login.actor)
    return _to_page(chat_id)


@router.post("/{user_id}/lift")
def lift(request: Request, login: OwnForm, chat_id: RowId, user_id: UserId) -> Response:
    """Lift every sanction of hamlet's on this member; pressing it again changes nothing."""
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        pardons.lift_all(session, chat_id, user_id, login.actor)
    send.classify()
    return _to_page(chat_id)


def _to_page(chat_id: int) -> Response:
    return RedirectResponse(f"/chats/{chat_id}/members", status_code=303)


def _page(
    request: Request, session: Session, login: LoginSession, chat_id: int, unknown: str | None = None
) -> Response:
    """The page; `unknown` is what was typed and means nobody who was seen in the chat."""
    context = {
        "login": login,
        "chat": chats.one_of(session, chat_id, login.chats),
        "sanctioned": members.sanctioned(session, chat_id),
        "count": members.count(session, chat_id),
        "trusted": trust.every(session, chat_id),
        "unknown": unknown,
    }
    return page(request, "members.html", context, 200 if unknown is None else 422)
