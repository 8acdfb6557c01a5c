"""The pages of model versions: which there are and why, what runs, and which serves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from jobs import send
from review import reports
from review.auth import OperatorsForm, SignedIn
from review.pages import page
from review.refusals import Refused
from storage.errors import FilesGone, NothingToRollBackTo, VersionPruned
from storage.learning import runs, shadow, track_record, versions
from storage.models import LoginSession, ModelVersion, RunState, Snapshot, VersionState
from storage.session import reading, transaction

SHOWN_RUNS = 8
LONGEST_REASON = 200  # characters

router = APIRouter(prefix="/models")


@router.get("")
def show_models(request: Request, login: SignedIn) -> Response:
    """Champion, shadow, runs, and every version with what the gate said of it."""
    with reading(request.app.state.engine) as session:
        champion, follower = versions.champion(session), versions.shadow(session)
        every = versions.every(session)
        context = {
            "login": login,
            "champion": champion,
            "undone": track_record.false_positives_since_promotion(session, champion) if champion else 0,
            "follower": follower,
            "counts": shadow.counts(session, follower.id) if follower else None,
            "fallbacks": _whole_fallbacks(request, session)[:1],
            "versions": [(version, track_record.gate_wording(version)) for version in every],
            "gone": {version.name for version in every if _is_gone(request, version)},
            "runs": runs.newest(session, SHOWN_RUNS),
        }
    return page(request, "models.html", context)


@router.get("/runs")
def show_runs(request: Request, login: SignedIn) -> Response:
    """The newest runs alone; the page asks again while one is open."""
    with reading(request.app.state.engine) as session:
        return page(request, "runs.html", {"runs": runs.newest(session, SHOWN_RUNS)})


@router.post("/retrain")
def retrain(request: Request, login: OperatorsForm) -> Response:
    """Request a run, as the schedule does; one that waits or runs already is the answer."""
    with transaction(request.app.state.engine) as session:
        run = runs.ask(session, _who(login))
    if run.state == RunState.ASKED:
        send.consider()
    return _back("#runs")


@router.get("/rollback")
def confirm_rollback(request: Request, login: SignedIn) -> Response:
    """What rolling back would do, with the button that does it."""
    with reading(request.app.state.engine) as session:
        champion, before = versions.champion(session), _whole_fallbacks(request, session)
    if champion is None or not before:
        raise NothingToRollBackTo
    return page(request, "rollback.html", {"login": login, "champion": champion, "before": before[0]})


@router.post("/rollback")
def roll_back(
    request: Request, login: OperatorsForm, champion: Annotated[str, Form()], reason: Annotated[str, Form()] = ""
) -> Response:
    """Bring back the version before `champion`, if `champion` still serves: pressing twice goes back once."""
    with transaction(request.app.state.engine) as session:
        _require_champion(session, champion)
        why = reason.strip()[:LONGEST_REASON] or "no reason was given"
        versions.roll_back(session, _who(login), why, lambda version: request.app.state.has_files(version.name))
    return _back()


@router.get("/{name}")
def show_version(request: Request, login: SignedIn, name: str) -> Response:
    """Where a version comes from, and all its figures."""
    with reading(request.app.state.engine) as session:
        version = versions.named(session, name)
        snapshot = session.get(Snapshot, version.snapshot_id) if version.snapshot_id else None
        context = {
            "login": login,
            "version": version,
            "decision": track_record.gate_wording(version),
            "snapshot": snapshot,
            "is_gone": _is_gone(request, version),
            "others": [other for other in versions.every(session) if other.id != version.id],
            "plots": reports.plots(request, version.name),
            "card": reports.card(request, version.name),
        }
    return page(request, "version.html", context)


@router.get("/{name}/promote")
def confirm_promotion(request: Request, login: SignedIn, name: str) -> Response:
    """What promoting would do and what the gate said, with the button that does it."""
    with reading(request.app.state.engine) as session:
        version, champion = versions.named(session, name), versions.champion(session)
        decision = track_record.gate_wording(version)
    _require_files(request, version)
    if champion is not None and champion.id == version.id:
        return _back()
    context = {"login": login, "version": version, "champion": champion, "decision": decision}
    return page(request, "promote.html", context)


@router.post("/{name}/promote")
def promote(request: Request, login: OperatorsForm, name: str, champion: Annotated[str, Form()] = "") -> Response:
    """Promote the version in place of `champion`, if `champion` still serves or the version already does."""
    with transaction(request.app.state.engine) as session:
        version = versions.named(session, name)
        if version.state != VersionState.CHAMPION:
            _require_champion(session, champion)
            _require_files(request, version)
        versions.promote(session, name, _who(login))
    return _back()


def _is_gone(request: Request, version: ModelVersion) -> bool:
    """Whether the version's files should be there, and are not."""
    return version.pruned_at is None and not request.app.state.has_files(version.name)


def _whole_fallbacks(request: Request, session: Session) -> list[ModelVersion]:
    return [version for version in versions.fallbacks(session) if not _is_gone(request, version)]


def _require_files(request: Request, version: ModelVersion) -> None:
    """Raises VersionPruned or FilesGone."""
    if version.pruned_at is not None:
        raise VersionPruned(version.name)
    if _is_gone(request, version):
        raise FilesGone(version.name)


def _require_champion(session: Session, name: str) -> ModelVersion | None:
    """The champion, if it is the one the person saw. Raises Refused."""
    champion = versions.champion(session)
    if (champion.name if champion else "") != name:
        if champion is None:
            raise Refused(
                409,
                "Somebody was faster: no version serves now. Nothing was changed; look again and decide once more.",
            )
        raise Refused(
            409,
            "Somebody was faster: {name} serves now. Nothing was changed; look again and decide once more.",
            name=champion.name,
        )
    return champion


def _who(login: LoginSession) -> str:
    return f"{login.name} (review site)"


def _back(where: str = "") -> Response:
    return RedirectResponse(f"/models{where}", status_code=303)
