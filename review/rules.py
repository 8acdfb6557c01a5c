"""A chat's own rules: listed, tried on its last month, added one by one or as a list, removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from review.auth import OwnForm, SignedIn
from review.filters import RowId
from review.language import spoken
from review.pages import page
from storage.access import chats
from storage.errors import TooManyRules
from storage.models import LoginSession, RuleEffect, RuleKind
from storage.moderation.policies import rules
from storage.moderation.policies.expressions import UnsuitablePattern
from storage.moderation.policies.rules import NewRule
from storage.session import reading, transaction
from storage.views import rule_hits
from storage.views.rule_hits import Hits

SHOWN = 500  # rules on the page, the newest first

router = APIRouter(prefix="/chats/{chat_id}/rules")


def from_lines(
    kind: Annotated[RuleKind, Form()],
    effect: Annotated[RuleEffect, Form()],
    pattern: Annotated[str, Form(max_length=900_000)],
    reason: Annotated[str, Form(max_length=200)] = "",
) -> list[NewRule]:
    """The form's rules: one for each line that is not empty."""
    lines = [line.strip() for line in pattern.splitlines() if line.strip()]
    return [NewRule(kind, effect, line, reason.strip()) for line in lines]


NewRules = Annotated[list[NewRule], Depends(from_lines)]


@router.get("")
def show(request: Request, login: SignedIn, chat_id: RowId) -> Response:
    """The chat's rules, and a form for more."""
    with reading(request.app.state.engine) as session:
        return _page(request, session, login, chat_id)


@router.post("/try")
def dry_run(request: Request, login: OwnForm, chat_id: RowId, new_rules: NewRules) -> Response:
    """What the rules would have decided about in the chat's last 30 days; nothing is stored."""
    with reading(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        try:
            tried = list(map(rules.pattern_of, rules.checked(session, chat_id, new_rules)))
        except (UnsuitablePattern, TooManyRules) as error:
            return _page(request, session, login, chat_id, new_rules, refusal=spoken(request, error.wording))
        return _page(request, session, login, chat_id, new_rules, rule_hits.of_last_days(session, chat_id, tried))


@router.post("")
def add(request: Request, login: OwnForm, chat_id: RowId, new_rules: NewRules) -> Response:
    """Add the rules; they hold from the next message on. They are tried before anything is written."""
    engine = request.app.state.engine
    try:
        with reading(engine) as session:
            chats.one_of(session, chat_id, login.chats)
            checked = rules.checked(session, chat_id, new_rules)
        with transaction(engine) as session:
            chats.one_of(session, chat_id, login.chats)
            rules.add(session, chat_id, checked, login.actor)
    except (UnsuitablePattern, TooManyRules) as error:
        with reading(engine) as session:
            return _page(request, session, login, chat_id, new_rules, refusal=spoken(request, error.wording))
    return RedirectResponse(f"/chats/{chat_id}/rules", status_code=303)


@router.post("/{rule_id}/remove")
def remove(request: Request, login: OwnForm, chat_id: RowId, rule_id: RowId) -> Response:
    """Remove a rule."""
    with transaction(request.app.state.engine) as session:
        chats.one_of(session, chat_id, login.chats)
        rules.remove(session, chat_id, rule_id, login.actor)
    return RedirectResponse(f"/chats/{chat_id}/rules", status_code=303)


def _page(
    request: Request,
    session: Session,
    login: LoginSession,
    chat_id: int,
    new_rules: list[NewRule] | None = None,
    hits: Hits | None = None,
    refusal: str = "",
) -> Response:
    every = rules.every(session, chat_id)
    context = {
        "login": login,
        "chat": chats.one_of(session, chat_id, login.chats),
        "rules": every[: -SHOWN - 1 : -1],
        "count": len(every),
        "new_rules": new_rules or [],
        "hits": hits,
        "refusal": refusal,
        "kinds": RuleKind,
        "effects": RuleEffect,
    }
    return page(request, "rules.html", context, 422 if refusal else 200)
