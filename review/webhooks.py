"""The operator's webhook: what was sent to it lately, what became of it, and a test."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from jobs import send
from review.auth import NotAllowed, OperatorsForm, SignedIn
from review.filters import RowId
from review.pages import page
from storage.access import audit
from storage.outbound import deliveries, events
from storage.outbound.events import Event
from storage.session import reading, transaction

SHOWN = 100  # deliveries

router = APIRouter(prefix="/webhooks")


@router.get("")
def show_webhooks(request: Request, login: SignedIn) -> Response:
    """The last deliveries, the newest first; for operators alone."""
    if not login.is_operator:
        raise NotAllowed
    with reading(request.app.state.engine) as session:
        rows, is_on = deliveries.latest(session, SHOWN), events.is_on(session)
    return page(request, "webhooks.html", {"login": login, "deliveries": rows, "is_on": is_on})


@router.post("/test")
def send_test(request: Request, login: OperatorsForm) -> Response:
    """Send an event that means nothing."""
    with transaction(request.app.state.engine) as session:
        events.note(session, Event.TEST)
        audit.note(session, login.actor, "webhook", "test")
    send.call_out()
    return RedirectResponse("/webhooks", status_code=303)


@router.post("/{row}/again")
def send_again(request: Request, login: OperatorsForm, row: RowId) -> Response:
    """Send an event again at once, under its own number."""
    with transaction(request.app.state.engine) as session:
        delivery = deliveries.send_again(session, row)
        audit.note(session, login.actor, "webhook", f"{delivery.event} {row} again")
    send.call_out()
    return RedirectResponse("/webhooks", status_code=303)
