"""What training wrote about a version for people: its plots and its card. And two versions side by side."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse

from review.auth import SignedIn
from review.pages import page
from storage.learning import versions
from storage.session import reading
from storage.views import differences

PLOTS = ("loss.svg", "accuracy.svg", "confusion.svg", "curves.svg", "calibration.svg")
CARD = "model-card.md"
LONGEST_CARD = 100_000  # characters

router = APIRouter(prefix="/models")


def folder(request: Request, name: str) -> Path:
    """The folder of a registered version's report."""
    models: Path = request.app.state.models
    return models / name / "report"


def plots(request: Request, name: str) -> list[str]:
    """The names of the plots that exist."""
    return [plot for plot in PLOTS if (folder(request, name) / plot).is_file()]


def card(request: Request, name: str) -> str | None:
    """The model card's text, if there is one."""
    try:
        return (folder(request, name) / CARD).read_text(encoding="utf-8", errors="replace")[:LONGEST_CARD]
    except OSError:
        return None


@router.get("/{name}/report/{plot}")
def show_plot(request: Request, login: SignedIn, name: str, plot: str) -> Response:
    """One plot of a registered version; no other file is served."""
    with reading(request.app.state.engine) as session:
        version = versions.named(session, name)
    if plot not in plots(request, version.name):
        raise HTTPException(404)
    return FileResponse(folder(request, version.name) / plot, media_type="image/svg+xml")


@router.get("/{name}/against")
def compare(request: Request, login: SignedIn, name: str, other: str) -> Response:
    """Where two versions' verdicts on the same messages differ."""
    with reading(request.app.state.engine) as session:
        one, second = versions.named(session, name), versions.named(session, other)
        comparison = differences.between(session, one.id, second.id, login.chats)
    return page(request, "against.html", {"login": login, "one": one, "other": second, "comparison": comparison})
