"""The moderators' queue: shown in any order and by any filter; decided one by one or many at once; decisions undone."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from jobs import send
from review import failed, held
from review.auth import OwnForm, SignedIn
from review.filters import QueueFilter, RowId
from review.near_duplicates import grouped
from review.pages import page
from review.refusals import NOT_UNDERSTOOD, Refused
from storage.access import audit, chats
from storage.errors import DatabaseFull
from storage.learning import versions
from storage.models import LoginSession
from storage.moderation import claims, corrections, explanations
from storage.moderation.corrections import Decision
from storage.session import reading, transaction
from storage.views import cards, queue
from storage.views.queue import Show

PAGE_SIZE = 25
AT_ONCE = 200  # verdicts decided by one press
IN_ONE_TRANSACTION = 20  # of them, so that other writers do not wait long
LONGEST_NOTE = 500  # characters
Note = Annotated[str, Form(max_length=LONGEST_NOTE)]
Many = Annotated[list[RowId], Form(max_length=AT_ONCE)]

router = APIRouter(prefix="/review")


@router.get("")
def show_queue(request: Request, login: SignedIn, filters: Annotated[QueueFilter, Query()]) -> Response:
    """A page of the queue; texts that nearly repeat each other stand together."""
    if filters.show == Show.FAILED:
        return failed.show(request, login, filters)
    if filters.show == Show.HELD:
        return held.show(request, login, filters)
    with reading(request.app.state.engine) as session:
        ids = queue.page(session, filters.within(login.chats), PAGE_SIZE + 1, filters.before)
        context = {
            "login": login,
            "filters": filters,
            "show": filters.show.value,
            "groups": grouped(cards.of(session, ids[:PAGE_SIZE])),
            "chats": [chat for chat in chats.every(session) if login.chats is None or chat.id in login.chats],
            "versions": versions.every(session),
            "more": filters.url(before=ids[PAGE_SIZE - 1]) if len(ids) > PAGE_SIZE else None,
            "since": f"{queue.newest(session)}-{audit.newest(session)}",
        }
    return page(request, "review.html", context)


@router.post("/bulk")
def decide_many(
    request: Request,
    login: OwnForm,
    verdict_ids: Many,
    is_spam: Annotated[bool | None, Form()] = None,
    aside: Annotated[bool, Form()] = False,
    back: Annotated[str, Form()] = "",
) -> Response:
    """The same decision for every verdict that is ticked."""
    _decide(request, login, verdict_ids, is_spam, aside)
    return _to_queue(back)


@router.get("/{verdict_id}")
def show_item(request: Request, login: SignedIn, verdict_id: RowId) -> Response:
    """One message in full: its text, the messages around it, and what its verdict is based on."""
    return page(request, "item.html", _item(request, login, verdict_id))


@router.get("/{verdict_id}/card")
def show_card(request: Request, login: SignedIn, verdict_id: RowId) -> Response:
    """One card alone, for a page that is open already."""
    with reading(request.app.state.engine) as session:
        card = cards.one(session, verdict_id, login.chats)
    return page(request, "card.html", {"login": login, "card": card, "like": [], "back": ""})


@router.get("/{verdict_id}/details")
def show_details(request: Request, login: SignedIn, verdict_id: RowId) -> Response:
    """The part of a card that is shown when it is opened."""
    return page(request, "details.html", _item(request, login, verdict_id))


@router.post("/{verdict_id}/claim")
def claim(request: Request, login: OwnForm, verdict_id: RowId) -> Response:
    """Look at a card although somebody else does."""
    with transaction(request.app.state.engine) as session:
        cards.one(session, verdict_id, login.chats)
        claims.take(session, verdict_id, login.actor, login.name, anyway=True)
    return RedirectResponse(f"/review/{verdict_id}", status_code=303)


@router.post("/{verdict_id}/why")
def ask_why(request: Request, login: OwnForm, verdict_id: RowId, wants: Annotated[str, Form()] = "page") -> Response:
    """Have the worker explain what the verdict is based on."""
    with transaction(request.app.state.engine) as session:
        cards.one(session, verdict_id, login.chats)
        explanations.ask(session, verdict_id)
    send.explain(verdict_id)
    if wants == "details":
        return show_details(request, login, verdict_id)
    return RedirectResponse(f"/review/{verdict_id}", status_code=303)


@router.post("/{verdict_id}/undo")
def take_back(
    request: Request,
    login: OwnForm,
    verdict_id: RowId,
    also: Many = [],  # noqa: B006 # FastAPI copies it
    wants: Annotated[str, Form()] = "page",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Withdraw this person's decision, and undo what was done because of it."""
    with transaction(request.app.state.engine) as session:
        cards.one(session, verdict_id, login.chats)
        allowed = cards.allowed(session, [verdict_id, *also], login.chats)
        for each_id in allowed:
            corrections.take_back(session, each_id, login.actor)
    for each_id in allowed:
        send.act(each_id)
    return show_card(request, login, verdict_id) if wants == "card" else _to_queue(back)


@router.post("/{verdict_id}")
def decide(
    request: Request,
    login: OwnForm,
    verdict_id: RowId,
    is_spam: Annotated[bool | None, Form()] = None,
    aside: Annotated[bool, Form()] = False,
    also: Many = [],  # noqa: B006 # FastAPI copies it
    wants: Annotated[str, Form()] = "page",
    show: Annotated[str, Form()] = "",
    note: Note = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Store the moderator's correction of this verdict, and of those that nearly repeat it."""
    with reading(request.app.state.engine) as session:
        cards.one(session, verdict_id, login.chats)
    _decide(request, login, [verdict_id, *also], is_spam, aside, note.strip())
    return show_card(request, login, verdict_id) if wants == "card" else _to_queue(back or f"show={show}")


def _decide(
    request: Request, login: LoginSession, ids: list[int], is_spam: bool | None, aside: bool, note: str = ""
) -> None:
    if is_spam is None and not aside:
        raise Refused(422, NOT_UNDERSTOOD, wrong="is_spam")
    with reading(request.app.state.engine) as session:
        allowed = cards.allowed(session, ids, login.chats)
    for start in range(0, len(allowed), IN_ONE_TRANSACTION):
        with transaction(request.app.state.engine) as session:
            for verdict_id in allowed[start : start + IN_ONE_TRANSACTION]:
                decision = Decision(verdict_id, login.actor, login.name, bool(is_spam), is_aside=aside, note=note)
                corrections.correct(session, decision)
            claims.release(session, allowed[start : start + IN_ONE_TRANSACTION])
    for verdict_id in allowed:
        send.act(verdict_id)


def _item(request: Request, login: LoginSession, verdict_id: int) -> dict[str, Any]:
    with suppress(DatabaseFull):  # a card is worth reading where nothing can be written
        _claim(request.app.state.engine, login, verdict_id)
    with reading(request.app.state.engine) as session:
        card = cards.one(session, verdict_id, login.chats)
        around, why = cards.around(session, card.item), explanations.of(session, verdict_id)
    return {"login": login, "card": card, "like": [], "around": around, "why": why, "back": ""}


def _claim(engine: Engine, login: LoginSession, verdict_id: int) -> None:
    """Whoever opens a card claims it, unless somebody else has it."""
    with reading(engine) as session:
        if not cards.allowed(session, [verdict_id], login.chats) or not claims.can_take(
            session, verdict_id, login.actor
        ):
            return
    with transaction(engine) as session:
        claims.take(session, verdict_id, login.actor, login.name)


def _to_queue(back: str) -> Response:
    """The queue as the person saw it. `back` is read as filters, so that it cannot lead anywhere else."""
    filters = QueueFilter.model_validate(dict(parse_qsl(back)))
    return RedirectResponse(filters.url(before=filters.before), status_code=303)
