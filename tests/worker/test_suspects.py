"""However many messages keep coming in, one that was in two batches that broke is judged, alone, within seconds."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.moderation import inbox
from tests.storage import given
from tests.storage.moderation.leases import SEVERAL, claim_and_let_it_run_out
from tests.worker.clock import Clock
from worker.claims import AGAIN_SECONDS, LOOK_SECONDS, Claims


class Traffic:
    """A worker to which another message comes before each of its batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.clock, self._number = engine, Clock(), 100
        self._claims = Claims(self.clock)

    def batch(self, seconds: float = 1.0) -> list[int]:
        """The rows of the next batch, which begins after so many seconds."""
        self.clock.now += seconds
        self._number += 1
        given.received(self._engine, given.incoming("hello", self._number))
        with self._claims.batch(self._engine, 10, 30) as (_, claimed):
            return [message.id for message in claimed]


def test_a_suspect_is_judged_alone_while_others_keep_coming_in(engine: Engine) -> None:
    [suspect] = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.SUSPECT_ATTEMPTS)
    traffic = Traffic(engine)
    batches = [traffic.batch() for _ in range(int(LOOK_SECONDS) + 1)]
    assert [batch for batch in batches if suspect in batch] == [[suspect]]
    assert suspect not in batches[0], "a worker that has just begun judges others first"


def test_of_many_suspects_one_a_second_is_judged_and_others_between_them(engine: Engine) -> None:
    suspects = given.received(engine, *SEVERAL)
    claim_and_let_it_run_out(engine, inbox.SUSPECT_ATTEMPTS)
    traffic = Traffic(engine)
    traffic.batch(LOOK_SECONDS)
    batches = [traffic.batch(AGAIN_SECONDS / 2) for _ in range(9)]
    alone = [batch[0] for batch in batches if batch[0] in suspects]
    assert alone == suspects[1:]
    assert sum(len(batch) for batch in batches if batch[0] not in suspects) == 10, "those that came in"
