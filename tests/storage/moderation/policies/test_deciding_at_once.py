"""Two moderators decide about different parts of one held album at the same moment."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, select

from storage.models import Hold, HoldState, Sign
from storage.moderation import held_messages
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.moderation.policies.test_holds import EVE, chooses, judged

ALBUMS, PARTS = 15, 3


def test_one_decision_stands_for_the_whole_album_and_the_other_is_told(engine: Engine) -> None:
    model = given.version(engine)
    chooses(engine, hold_links="yes")
    for album in range(ALBUMS):
        parts = [
            given.incoming(
                "see https://roses.example",
                album * PARTS + n + 1,
                author_id=EVE,
                album_id=f"{album}",
                signs=(Sign.LINK,),
            )
            for n in range(PARTS)
        ]
        rows = judged(engine, model, *parts)[-PARTS:]
        states = decided_at_once(engine, rows)
        assert sorted(is_new for _, is_new in states) == [False, True]
        with reading(engine) as session:
            stored = set(session.scalars(select(Hold.state).where(Hold.message_id.in_(rows))))
        assert stored == {state for state, _ in states}, "the first decision is what both were told"


def decided_at_once(engine: Engine, rows: list[int]) -> list[tuple[HoldState, bool]]:
    """What two moderators were told: one refuses by the album's first part, the other lets in by its last."""
    together, told = threading.Barrier(2), list[tuple[HoldState, bool]]()

    def decide(row: int, lets_in: bool) -> None:
        together.wait()
        with transaction(engine) as session:
            decision = held_messages.decide(session, row, lets_in, f"telegram:{row}", "Ann")
        told.append((decision.state, decision.is_new))

    moderators = [threading.Thread(target=decide, args=press) for press in ((rows[0], False), (rows[-1], True))]
    for moderator in moderators:
        moderator.start()
    for moderator in moderators:
        moderator.join()
    return told
