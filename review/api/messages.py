"""Messages and verdicts, by number or page by page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request

from review.api.answers import MessageAnswer, MessagePage, VerdictAnswer, VerdictPage
from review.api.problems import documented
from review.api.schemas import PAGE, Before, Label, Limit, RowId
from review.api.tokens import MayFollow, MayRead
from storage.models import MessageState, Scope
from storage.moderation import verdicts
from storage.session import reading
from storage.views import messages

router = APIRouter(tags=["messages"])


@router.get("/messages", responses=documented())
def page_of_messages(
    request: Request,
    client: MayRead,
    state: Annotated[MessageState | None, Query(description="Of this state alone")] = None,
    before: Before = None,
    limit: Limit = PAGE,
) -> MessagePage:
    """Messages of all chats, the newest first."""
    with reading(request.app.state.engine) as session:
        rows = messages.page(session, limit, before, state)
    following = rows[-1].id if len(rows) == limit else None
    return MessagePage(messages=[MessageAnswer.of(message) for message in rows], next=following)


@router.get("/messages/{message_id}", responses=documented(404))
def one_message(request: Request, client: MayFollow, message_id: RowId) -> MessageAnswer:
    """One message and its verdict. With the scope classify alone, a client sees its own."""
    with reading(request.app.state.engine) as session:
        if Scope.READ in client.scopes:
            message = messages.numbered(session, [message_id]).get(message_id)
        else:
            message = messages.of_client(session, client.id, message_id)
    if message is None:
        raise HTTPException(404, f"There is no message {message_id} that this client may see.")
    return MessageAnswer.of(message)


@router.get("/verdicts", responses=documented())
def page_of_verdicts(
    request: Request,
    client: MayRead,
    label: Annotated[Label | None, Query(description="Of this side alone")] = None,
    before: Before = None,
    limit: Limit = PAGE,
) -> VerdictPage:
    """Verdicts of all chats with what moderators said of them, the newest first."""
    with reading(request.app.state.engine) as session:
        rows = messages.verdicts(session, limit, before, None if label is None else label == "spam")
    following = rows[-1].verdict_id if len(rows) == limit else None
    return VerdictPage(verdicts=[VerdictAnswer.of(one) for one in rows], next=following)


@router.get("/verdicts/{verdict_id}", responses=documented(404))
def one_verdict(request: Request, client: MayRead, verdict_id: RowId) -> VerdictAnswer:
    """One verdict with what moderators said of it."""
    with reading(request.app.state.engine) as session:
        return VerdictAnswer.of(verdicts.verdict(session, verdict_id))
