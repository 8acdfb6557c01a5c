"""How good the verdicts of the last days are, in all chats or in one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from review.auth import SignedIn
from review.pages import page
from storage.access import chats
from storage.intervals import at_most
from storage.learning import versions
from storage.models import ModelVersion
from storage.session import reading
from storage.views import quality, trends

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
        visible, champion = chats.visible(session, login.chats), versions.champion(session)
        chosen = next((one for one in visible if str(one.id) == chat), None)
        shown = (chosen.id,) if chosen else login.chats
        figures, weeks = quality.of(session, days, shown), trends.of(session, shown)
    step = _step(threshold, champion)
    context = {
        "login": login,
        "days": days,
        "chosen": chosen,
        "chats": visible,
        "figures": figures,
        "weeks": weeks,
        "most_flags": max(week.flagged for week in weeks),
        "champion": champion,
        "step": step,
        "there": figures.thresholds[step],
        "steps": json.dumps(figures.thresholds),
        "presumed": on_presumed_ham(champion, shown),
    }
    return page(request, "quality.html", context)


def _step(threshold: float | None, champion: ModelVersion | None) -> int:
    """The threshold in hundredths; without one the champion's own, or the middle."""
    if threshold is None:
        threshold = champion.review_threshold if champion else 0.5
    return round(threshold * 100)


@dataclass(frozen=True)
class OnPresumedHam:
    """How a version scores messages presumed ham that it has never learned from."""

    examples: int
    flagged: int
    acted: int

    @property
    def flagged_at_most(self) -> float:
        """Upper bound of the share of ham that is flagged."""
        return at_most(self.flagged, self.examples)

    @property
    def acted_at_most(self) -> float:
        """Upper bound of the share of ham that is acted on."""
        return at_most(self.acted, self.examples)


def on_presumed_ham(champion: ModelVersion | None, chat_ids: tuple[int, ...] | None) -> OnPresumedHam | None:
    """The counts of those chats, or of all, measured when the version was made; None where it saw no presumed ham."""
    measured = (champion.metrics.get("presumed") or {}).get("chats", {}) if champion else {}
    counts = [of_chat for chat, of_chat in measured.items() if chat_ids is None or int(chat) in chat_ids]
    if not counts:
        return None
    return OnPresumedHam(*(sum(of_chat[name] for of_chat in counts) for name in ("examples", "flagged", "acted")))
