"""How good the judging is, over the last days, in all chats or one."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from review.auth import SignedIn
from review.pages import page
from storage.queries import chats, quality, versions
from storage.session import reading

DAYS = (7, 30)

router = APIRouter(prefix="/quality")


@router.get("")
def show_quality(
    request: Request,
    login: SignedIn,
    days: int = 7,
    chat: str = "",
    threshold: Annotated[float | None, Query(ge=0, le=1)] = None,
) -> Response:
    """Counts, shares with their intervals, calibration, and what another threshold would have done."""
    days = days if days in DAYS else DAYS[0]
    with reading(request.app.state.engine) as session:
        mine, champion = chats.seen(session, login.chats), versions.champion(session)
        chosen = next((one for one in mine if str(one.id) == chat), None)
        found = quality.of(session, days, (chosen.id,) if chosen else login.chats)
    asked = threshold if threshold is not None else champion.review_threshold if champion else 0.5
    step = round(asked * 100)
    context = {
        "login": login, "days": days, "chosen": chosen, "chats": mine, "found": found, "champion": champion,
        "step": step, "there": found.thresholds[step], "steps": json.dumps(found.thresholds),
    }  # fmt: skip
    return page(request, "quality.html", context)
