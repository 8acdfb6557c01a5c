"""Model versions, and how well the champion does on these chats."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from review.api.answers import QualityAnswer, VersionAnswer, Versions
from review.api.problems import documented
from review.api.schemas import RowId
from review.api.tokens import MayRead
from storage.learning import versions
from storage.models import now
from storage.session import reading
from storage.types import storable
from storage.views import champion_quality

router = APIRouter(tags=["models"])


@router.get("/models", responses=documented())
def every_version(request: Request, client: MayRead) -> Versions:
    """Every model version, the newest first."""
    with reading(request.app.state.engine) as session:
        return Versions(models=[VersionAnswer.of(row) for row in versions.every(session)])


@router.get("/models/{name}", responses=documented(404))
def one_version(
    request: Request, client: MayRead, name: Annotated[str, Path(max_length=64, examples=["v3"])]
) -> VersionAnswer:
    """One model version with its figures."""
    with reading(request.app.state.engine) as session:
        return VersionAnswer.of(versions.named(session, storable(name)))


@router.get("/quality", responses=documented())
def quality(
    request: Request,
    client: MayRead,
    days: Annotated[int, Query(ge=1, le=3650, description="How many days back")] = 7,
    chat_id: Annotated[RowId | None, Query(description="Of this chat alone; a message's `chat_id`")] = None,
) -> QualityAnswer:
    """What was judged, and what moderators made of it."""
    since = now() - timedelta(days=days)
    with reading(request.app.state.engine) as session:
        return QualityAnswer.of(since, champion_quality.quality(session, since, chat_id))
