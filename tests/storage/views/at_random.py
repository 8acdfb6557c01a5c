"""Many verdicts and decisions at random, for what is counted of them."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import Engine, select, update

from storage.access import chats
from storage.models import Correction, Message, Platform, Verdict, now
from storage.moderation import corrections
from storage.moderation.corrections import Decision
from storage.session import transaction
from tests.storage import given

GROUPS, MESSAGES, DECISIONS = 4, 200, 100


def judge(engine: Engine, rng: random.Random) -> None:
    """Messages of all ages in several groups, each judged by the champion, some by a shadow too."""
    model, shadow = given.version(engine), given.in_shadow(engine)
    with transaction(engine) as session:
        rows = [chats.get_or_create(session, Platform.TELEGRAM, -100 - n, f"Group {n}").id for n in range(GROUPS)]
        for number in range(MESSAGES):
            at = now() - timedelta(seconds=rng.choice((7_000, 90_000, 3_000_000, 9_000_000)) * rng.random())
            message = Message(
                chat_id=rng.choice(rows), message_id=number, author_id=number % 40, text=f"m{number}", sent_at=at
            )
            session.add(message)
            session.flush()
            for version in (model, shadow) if rng.random() < 0.2 else (model,):
                score = rng.random()
                stored = rng.choice((0.5, 0.3, 0.97))
                flagged = score >= stored
                session.add(
                    Verdict(
                        message_id=message.id,
                        edit=0,
                        model_version_id=version.id,
                        score=score,
                        review_threshold=stored,
                        act_threshold=0.99,
                        is_spam=flagged,
                        is_shadow=version is shadow,
                        is_audited=not flagged and rng.random() < 0.5,
                        created_at=at,
                    )
                )


def decide(engine: Engine, rng: random.Random, n: int = DECISIONS) -> None:
    """Moderators decide, disagree, change their minds and take back."""
    with transaction(engine) as session:
        ids = list(session.scalars(select(Verdict.id).where(~Verdict.is_shadow).order_by(Verdict.id)))
        for _ in range(n):
            verdict_id, who = rng.choice(ids[::2]), rng.choice(("ann", "bob", "eve"))
            if rng.random() < 0.15:
                corrections.take_back(session, verdict_id, who)
            else:
                corrections.correct(session, Decision(verdict_id, who, who.title(), rng.random() < 0.6))
        early = select(Correction.id).where(Correction.id % 3 == 0)
        session.execute(
            update(Correction).where(Correction.id.in_(early)).values(created_at=now() - timedelta(seconds=17.25))
        )
