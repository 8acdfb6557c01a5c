"""A chat's past, imported by its moderators from Telegram Desktop's export, through a temporary file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from jobs import send
from review.auth import SignedIn, own_form
from review.filters import RowId
from review.pages import page
from review.refusals import Refused
from storage import history
from storage.access import chats
from storage.errors import NotAnExport
from storage.models import Chat, LoginSession, Platform
from storage.session import reading

PART = 65_536  # bytes

router = APIRouter(prefix="/chats")


@router.post("/{chat_id}/history")
async def import_chat(request: Request, login: SignedIn, chat_id: RowId) -> Response:
    """Store what was said in the chat before hamlet was there.

    The form is read here and not by a dependency, so that a stranger's upload is refused before it is read.
    """
    chat = await to_thread.run_sync(_own_group, request, login, chat_id)
    async with request.form(max_files=1, max_fields=1) as form:
        own_form(login, str(form.get("csrf_token", "")))
        sent = form.get("export")
        if not isinstance(sent, UploadFile):
            raise Refused(422, "No file was sent: choose the export's result.json.")
        take = partial(history.import_chat, only=chat, by=login.actor)
        try:
            report = await to_thread.run_sync(take, request.app.state.engine, _parts(sent.file))
        except NotAnExport as error:
            raise Refused(422, "Nothing was taken: {reason}.", reason=error.wording) from error
    await to_thread.run_sync(send.consider)  # there may be enough to learn from now
    return page(request, "history.html", {"login": login, "chat": chat, "report": report})


def _own_group(request: Request, login: LoginSession, chat_id: int) -> Chat:
    """The group, if this person may see it. Raises UnknownChat, and Refused for a chat that is no Telegram group."""
    with reading(request.app.state.engine) as session:
        chat = chats.one_of(session, chat_id, login.chats)
    if chat.platform != Platform.TELEGRAM:
        raise Refused(409, "Only a Telegram group has a history that can be imported.")
    return chat


def _parts(file: BinaryIO) -> Iterator[bytes]:
    yield from iter(partial(file.read, PART), b"")
