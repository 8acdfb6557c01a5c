"""The queue of moderators: shown in any order and by any filter, decided one by one or many at once, taken back."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from jobs import send
from review import failed
from review.asked import Asked, RowId
from review.auth import OwnForm, SignedIn
from review.likeness import grouped
from review.pages import page
from storage.models import LoginSession
from storage.queries import audit, cards, chats, corrections, explanations, queue, versions
from storage.queries.corrections import Decision
from storage.queries.queue import Show
from storage.session import reading, transaction

PAGE_SIZE = 25
AT_ONCE = 200  # verdicts decided by one press
IN_ONE_TRANSACTION = 20  # of them, so that nobody waits long to write
Many = Annotated[list[RowId], Form(max_length=AT_ONCE)]

router = APIRouter(prefix="/review")


@router.get("")
def show_queue(request: Request, login: SignedIn, asked: Annotated[Asked, Query()]) -> Response:
    """A page of the queue; texts that nearly repeat each other stand together."""
    if asked.show == Show.FAILED:
        return failed.show(request, login, asked)
    with reading(request.app.state.engine) as session:
        ids = queue.page(session, asked.wanted(login.chats), PAGE_SIZE + 1, asked.before)
        context = {
            "login": login, "asked": asked, "show": asked.show.value,
            "groups": grouped(cards.of(session, ids[:PAGE_SIZE])),
            "chats": [chat for chat in chats.every(session) if login.chats is None or chat.id in login.chats],
            "versions": versions.every(session),
            "more": asked.url(before=ids[PAGE_SIZE - 1]) if len(ids) > PAGE_SIZE else None,
            "since": f"{queue.newest(session)}-{audit.newest(session)}",
        }  # fmt: skip
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
    """One decision for all that are ticked."""
    _decide(request, login, verdict_ids, is_spam, aside)
    return _to_queue(back)


@router.get("/{verdict_id}")
def show_item(request: Request, login: SignedIn, verdict_id: RowId) -> Response:
    """One message in full: its words, what was said around it, and why it was judged so."""
    return page(request, "item.html", _item(request, login, verdict_id))


@router.get("/{verdict_id}/card")
def show_card(request: Request, login: SignedIn, verdict_id: RowId) -> Response:
    """One card alone, for a page that stands open."""
    with reading(request.app.state.engine) as session:
        found = cards.one(session, verdict_id, login.chats)
    return page(request, "card.html", {"login": login, "card": found, "like": [], "back": ""})


@router.get("/{verdict_id}/details")
def show_details(request: Request, login: SignedIn, verdict_id: RowId) -> Response:
    """What stands under a card that is opened."""
    return page(request, "details.html", _item(request, login, verdict_id))


@router.post("/{verdict_id}/why")
def ask_why(request: Request, login: OwnForm, verdict_id: RowId, wants: Annotated[str, Form()] = "page") -> Response:
    """Have the worker say what the verdict rests on."""
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
    """What this person said of it holds no longer, and what was done because of it is undone."""
    with transaction(request.app.state.engine) as session:
        cards.one(session, verdict_id, login.chats)
        mine = cards.allowed(session, [verdict_id, *also], login.chats)
        for one in mine:
            corrections.take_back(session, one, login.actor)
    for one in mine:
        send.act(one)
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
    back: Annotated[str, Form()] = "",
) -> Response:
    """Store the moderator's correction of this verdict, and of those that nearly repeat it."""
    with reading(request.app.state.engine) as session:
        cards.one(session, verdict_id, login.chats)
    _decide(request, login, [verdict_id, *also], is_spam, aside)
    return show_card(request, login, verdict_id) if wants == "card" else _to_queue(back or f"show={show}")


def _decide(request: Request, login: LoginSession, ids: list[int], is_spam: bool | None, aside: bool) -> None:
    if is_spam is None and not aside:
        raise HTTPException(422, "The request was not understood: is_spam is missing or wrong.")
    with reading(request.app.state.engine) as session:
        mine = cards.allowed(session, ids, login.chats)
    for start in range(0, len(mine), IN_ONE_TRANSACTION):
        with transaction(request.app.state.engine) as session:
            for one in mine[start : start + IN_ONE_TRANSACTION]:
                corrections.correct(session, Decision(one, login.actor, login.name, bool(is_spam), is_aside=aside))
    for one in mine:
        send.act(one)


def _item(request: Request, login: LoginSession, verdict_id: int) -> dict[str, Any]:
    with reading(request.app.state.engine) as session:
        found = cards.one(session, verdict_id, login.chats)
        around, why = cards.around(session, found.item), explanations.of(session, verdict_id)
    return {"login": login, "card": found, "like": [], "around": around, "why": why, "back": ""}


def _to_queue(back: str) -> Response:
    """The queue as it was asked for; nothing else can be asked for this way."""
    asked = Asked.model_validate(dict(parse_qsl(back)))
    return RedirectResponse(asked.url(before=asked.before), status_code=303)
