from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from storage.models import Platform
from storage.queries import inbox
from storage.queries.inbox import Incoming, Judge, Judgement
from storage.session import transaction
from tests.conftest import count


def test_a_message_goes_through(engine: Engine, add_version) -> None:
    v = add_version(engine)
    m = Incoming(Platform.TELEGRAM, -100123, "g", 5, 7, "n\0\ud800", "t\0ext", datetime.now(UTC))
    with transaction(engine) as s:
        a = inbox.receive(s, m)
        b = inbox.receive(s, m)
    assert a == b
    with transaction(engine) as s:
        holder, claimed = inbox.claim(s, 10, 30)
    assert [c.text for c in claimed] == ["t\ufffdext"]
    with transaction(engine) as s:
        asking = inbox.record(s, holder, Judge(v.id, 0.5, 0.9), [Judgement(claimed[0].id, 0, 0.7)])
    assert len(asking) == 1
    assert count(engine, "verdicts") == 1
