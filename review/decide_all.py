"""One decision about all that the queue's present filter shows: confirmed with its count, and undone as a whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from review.auth import OwnForm, SignedIn
from review.filters import QueueFilter, RowId
from review.pages import page
from review.refusals import NOT_UNDERSTOOD, Refused
from storage.access import chats
from storage.moderation import bulk
from storage.session import reading, transaction
from storage.views import cards, queue

MOST = 500
SHOWN = 10  # of them, on the page that asks
IN_ONE_TRANSACTION = 20  # so that other writers do not wait long
Ids = Annotated[str, Form(pattern=r"^[0-9]{1,18}(,[0-9]{1,18})*$", max_length=MOST * 19)]

router = APIRouter(prefix="/review/all")


@router.get("")
def ask(request: Request, login: SignedIn, filters: Annotated[QueueFilter, Query()]) -> Response:
    """How many messages wait for a decision under this filter, and how the first of them read."""
    with reading(request.app.state.engine) as session:
        ids = queue.undecided(session, filters.within(login.chats), MOST + 1)
        context = {
            "login": login,
            "filters": filters,
            "ids": ids[:MOST],
            "has_more": len(ids) > MOST,
            "cards": cards.of(session, ids[:SHOWN]),
            "chat": chats.one_of(session, filters.chat, login.chats) if filters.chat else None,
            "earlier": bulk.of(session, login.actor),
        }
    return page(request, "decide-all.html", context)


@router.post("")
def decide(
    request: Request,
    login: OwnForm,
    ids: Ids,
    is_spam: Annotated[bool | None, Form()] = None,
    aside: Annotated[bool, Form()] = False,
) -> Response:
    """Decide exactly the messages that were counted. The sweep of actions does what follows from it."""
    if is_spam is None and not aside:
        raise Refused(422, NOT_UNDERSTOOD, wrong="is_spam")
    chosen = [int(number) for number in ids.split(",")][:MOST]
    with transaction(request.app.state.engine) as session:
        allowed = cards.allowed(session, chosen, login.chats)
        begun = bulk.begin(session, login.actor, login.name, None if aside else is_spam, allowed)
    for start in range(0, len(allowed), IN_ONE_TRANSACTION):
        with transaction(request.app.state.engine) as session:
            bulk.decide(session, begun, allowed[start : start + IN_ONE_TRANSACTION])
    return RedirectResponse(f"/review/all/{begun.id}", status_code=303)


@router.get("/{bulk_id}")
def show(request: Request, login: SignedIn, bulk_id: RowId) -> Response:
    """What was decided, and the button that undoes it."""
    with reading(request.app.state.engine) as session:
        made, count, standing = bulk.standing(session, bulk_id, login.actor)
        own = len(cards.allowed(session, bulk.standing_verdicts(session, bulk_id, login.actor), login.chats))
    context = {"login": login, "bulk": made, "count": count, "standing": own, "elsewhere": standing - own}
    return page(request, "bulk.html", context)


@router.post("/{bulk_id}/undo")
def undo(request: Request, login: OwnForm, bulk_id: RowId) -> Response:
    """Withdraw exactly the corrections of that decision that still stand, in the chats that are still this person's."""
    with transaction(request.app.state.engine) as session:
        verdict_ids = cards.allowed(session, bulk.standing_verdicts(session, bulk_id, login.actor), login.chats)
        bulk.begin_undoing(session, bulk_id, login.actor, verdict_ids)
    for start in range(0, len(verdict_ids), IN_ONE_TRANSACTION):
        with transaction(request.app.state.engine) as session:
            bulk.undo(session, bulk_id, login.actor, verdict_ids[start : start + IN_ONE_TRANSACTION])
    return RedirectResponse(f"/review/all/{bulk_id}", status_code=303)
