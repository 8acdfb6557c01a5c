"""A batch is judged in the turn in which it was claimed, so that what it has no time for is what may wait longest."""

from __future__ import annotations

from sqlalchemy import Engine, update

from storage.models import Message, MessageState
from storage.session import transaction
from tests.storage import given
from tests.worker.test_live_before_imported import LONG, Noting, judge, pending

SPAM = "Earn 500 dollars a day from home, write to @quick_money now"


def test_a_copy_of_recent_spam_is_judged_in_the_first_round_however_much_members_write(engine: Engine) -> None:
    given.verdict(engine, given.version(engine), given.incoming(SPAM))
    given.received(engine, *[given.incoming(f"{LONG}{number}", number) for number in range(2, 41)])
    with transaction(engine) as session:
        session.execute(update(Message).where(Message.message_id > 1).values(is_known=True))
    newcomers, copy = given.received(
        engine, given.incoming("hello", 41, author_id=8), given.incoming(SPAM, 42, author_id=9)
    )
    judge(engine, Noting(), longest_seconds=0.0)
    assert pending(engine) > 20
    with transaction(engine) as session:
        states = [session.get_one(Message, row).state for row in (newcomers, copy)]
    assert MessageState.PENDING not in states
