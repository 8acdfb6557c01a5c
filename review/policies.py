"""What a chat chooses beyond its mode, as one form of its page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from review.auth import OwnForm
from review.filters import RowId
from review.language import say
from review.refusals import Refused
from storage.access import chats
from storage.models.chat_settings import LONGEST_GUIDELINES
from storage.session import transaction
from telegram_ui.choices import Choice, choices, unavailable

router = APIRouter(prefix="/chats")


def rows(request: Request) -> tuple[Choice, ...]:
    """Every choice in the request's language, as the form shows it."""
    return choices(say(request))


def idle(request: Request, session: Session) -> dict[str, str]:
    """Why choices do nothing at present, by field, in the request's language."""
    return unavailable(session, say(request))


async def fields(request: Request) -> dict[str, str]:
    """The form's fields, whatever their names."""
    return {name: str(value) for name, value in (await request.form()).items()}


@router.post("/{chat_id}/guidelines")
def write_guidelines(
    request: Request, login: OwnForm, chat_id: RowId, guidelines: Annotated[str, Form()] = ""
) -> Response:
    """Store what moderators read beside the buttons of this chat's cards."""
    text = "\n".join(guidelines.split("\r\n")).strip()
    if len(text) > LONGEST_GUIDELINES:
        raise Refused(
            422,
            "Guidelines have at most {most} characters; these have {length}. Nothing was changed.",
            most=LONGEST_GUIDELINES,
            length=len(text),
        )
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        chats.choose(session, chat_id, "guidelines", text, login.actor)
    return RedirectResponse(f"/chats/{chat_id}", status_code=303)


@router.post("/{chat_id}/choices")
def choose(
    request: Request, login: OwnForm, chat_id: RowId, form: Annotated[dict[str, str], Depends(fields)]
) -> Response:
    """Store what was chosen, by the function that the menu at Telegram uses too; what is no choice of theirs is passed over."""
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        for one in choices(str):
            if form.get(one.field) in one.offered(is_operator=login.is_operator):
                chats.choose(session, chat_id, one.field, form[one.field], login.actor)
    return RedirectResponse(f"/chats/{chat_id}", status_code=303)
