"""Corrections by programs that decide as a moderator does."""

from __future__ import annotations

from fastapi import APIRouter, Request

from jobs import send
from review.api.answers import CorrectionAnswer
from review.api.problems import documented
from review.api.schemas import NewCorrection, RowId
from review.api.tokens import MayCorrect
from storage.models import Client
from storage.moderation import corrections
from storage.moderation.corrections import Decision
from storage.session import transaction

router = APIRouter(tags=["corrections"])


@router.post("/corrections", responses=documented(400, 404, 413))
def correct(request: Request, client: MayCorrect, body: NewCorrection) -> CorrectionAnswer:
    """Say that the message of a verdict is spam, or is not. Said twice it is one correction; said anew it replaces."""
    decision = Decision(body.verdict_id, _actor(client), client.name, body.is_spam, note=body.note.strip())
    with transaction(request.app.state.engine) as session:
        answer = CorrectionAnswer.of(corrections.correct(session, decision))
    send.act(body.verdict_id)
    return answer


@router.delete("/corrections/{correction_id}", responses=documented(404))
def withdraw(request: Request, client: MayCorrect, correction_id: RowId) -> CorrectionAnswer:
    """Take back a correction of one's own: it leaves the next training run, and what was done because of it is undone."""
    with transaction(request.app.state.engine) as session:
        withdrawn = corrections.withdraw(session, correction_id, _actor(client))
        answer = CorrectionAnswer.of(withdrawn)
    send.act(withdrawn.verdict_id)
    return answer


def _actor(client: Client) -> str:
    return f"api:{client.name}"
