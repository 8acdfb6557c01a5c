"""How good the judging is, over the last days, in all chats or one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from review.auth import SignedIn
from review.pages import page
from storage.intervals import at_most
from storage.models import ModelVersion
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
        shown = (chosen.id,) if chosen else login.chats
        found = quality.of(session, days, shown)
    asked = threshold if threshold is not None else champion.review_threshold if champion else 0.5
    step = round(asked * 100)
    context = {
        "login": login, "days": days, "chosen": chosen, "chats": mine, "found": found, "champion": champion,
        "step": step, "there": found.thresholds[step], "steps": json.dumps(found.thresholds),
        "presumed": on_presumed_ham(champion, shown),
    }  # fmt: skip
    return page(request, "quality.html", context)


@dataclass(frozen=True)
class OnPresumedHam:
    """What a version makes of messages presumed ham that it has never learned."""

    examples: int
    flagged: int
    acted: int

    @property
    def flagged_at_most(self) -> float:
        return at_most(self.flagged, self.examples)

    @property
    def acted_at_most(self) -> float:
        return at_most(self.acted, self.examples)


def on_presumed_ham(champion: ModelVersion | None, chat_ids: tuple[int, ...] | None) -> OnPresumedHam | None:
    """The same of those chats, or of all, as it was measured when the version was made; None where there was none."""
    measured = (champion.metrics.get("presumed") or {}).get("chats", {}) if champion else {}
    some = [found for chat, found in measured.items() if chat_ids is None or int(chat) in chat_ids]
    if not some:
        return None
    return OnPresumedHam(*(sum(found[name] for found in some) for name in ("examples", "flagged", "acted")))
