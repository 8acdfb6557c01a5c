"""The inbox: a message is claimed by one worker, and given up when it was claimed too often."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import Engine, update

from storage.formats import Sample
from storage.learning import samples
from storage.learning.samples import Importer
from storage.models import Message, MessageState, now
from storage.moderation import inbox, receiving
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.moderation.leases import SEVERAL, claim, claim_and_let_it_run_out, claimed_rows, row, suspect_rows


def test_messages_are_claimed_oldest_first_up_to_the_limit(engine: Engine) -> None:
    rows = given.received(engine, *SEVERAL)
    assert claimed_rows(engine, limit=3) == rows[:3]
    assert claimed_rows(engine, limit=3) == rows[3:]


def test_an_import_delays_no_live_message(engine: Engine) -> None:
    importer = Importer(7, "a program", "client:7")
    with transaction(engine) as session:
        samples.take(session, importer, [Sample(n, f"sample {n}", is_spam=n % 2 == 0) for n in range(50)])
    live = given.received(engine, *SEVERAL)
    claimed = claimed_rows(engine, limit=10)
    assert set(live) < set(claimed)
    assert len(claimed) == 10


def test_newcomers_are_judged_before_members_whose_messages_were_ham(engine: Engine) -> None:
    known = [given.incoming(f"hello {n}", n, author_id=5) for n in range(1, receiving.KNOWN_AFTER + 1)]
    given.received(engine, *known)
    with transaction(engine) as session:
        session.execute(update(Message).values(state=MessageState.HAM))
    members = given.received(engine, *[given.incoming("a member's", n, author_id=5) for n in range(100, 104)])
    newcomers = given.received(engine, *[given.incoming("a newcomer's", n, author_id=6) for n in range(200, 203)])
    assert claimed_rows(engine, limit=4) == [*newcomers, members[0]]
    assert claimed_rows(engine, limit=4) == members[1:]


def test_who_wrote_elsewhere_or_was_flagged_is_a_newcomer_here(engine: Engine) -> None:
    given.received(engine, *[given.incoming(f"buy {n}", n, author_id=5) for n in range(1, 40)])
    with transaction(engine) as session:
        session.execute(update(Message).values(state=MessageState.SPAM))
    given.received(engine, given.incoming("again", 100, author_id=5))
    assert given.values(engine, Message.is_known)[-1] is False


def test_a_claimed_message_is_not_claimed_again(engine: Engine) -> None:
    given.received(engine, *SEVERAL)
    assert len(claimed_rows(engine)) == 5
    assert claimed_rows(engine) == []


def test_two_workers_at_once_share_no_message(engine: Engine) -> None:
    rows = given.received(engine, *[given.incoming("x", i) for i in range(40)])
    taken: list[int] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        while batch := claimed_rows(engine, limit=3):
            taken.extend(batch)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == rows


def test_a_lease_that_ran_out_can_be_claimed_again(engine: Engine) -> None:
    rows = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, 1)
    assert claimed_rows(engine) == rows


def test_an_extended_lease_lasts_longer(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming())
    holder, _ = claim(engine, seconds=1)
    with transaction(engine) as session:
        inbox.extend(session, holder, 600)
    until = row(engine, row_id).lease_until
    assert until is not None
    assert until > now() + timedelta(seconds=500)


def test_released_messages_are_as_if_never_claimed(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming())
    holder, _ = claim(engine)
    with transaction(engine) as session:
        inbox.release(session, holder)
    message = row(engine, row_id)
    assert (message.attempts, message.lease_holder, message.lease_until) == (0, None, None)


def test_a_message_whose_judges_died_is_claimed_alone(engine: Engine) -> None:
    rows = given.received(engine, *SEVERAL)
    claim_and_let_it_run_out(engine, inbox.SUSPECT_ATTEMPTS)
    assert claimed_rows(engine) == rows[:1]
    assert claimed_rows(engine) == rows[1:2]


def test_fresh_messages_go_before_suspects(engine: Engine) -> None:
    [suspect] = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.SUSPECT_ATTEMPTS)
    [fresh] = given.received(engine, given.incoming("hello", 2))
    assert claimed_rows(engine) == [fresh]
    assert claimed_rows(engine) == [suspect]


def test_a_suspect_can_be_claimed_before_fresh_messages_and_alone(engine: Engine) -> None:
    suspects = given.received(engine, given.incoming("one", 1), given.incoming("two", 2))
    claim_and_let_it_run_out(engine, 1)
    assert suspect_rows(engine) == []
    claim_and_let_it_run_out(engine, 1)
    given.received(engine, given.incoming("hello", 3))
    assert [suspect_rows(engine) for _ in range(3)] == [suspects[:1], suspects[1:], []]


def test_an_imported_suspect_goes_before_no_live_message(engine: Engine) -> None:
    with transaction(engine) as session:
        samples.take(session, Importer(7, "a program", "client:7"), [Sample(1, "a sample", is_spam=True)])
    claim_and_let_it_run_out(engine, inbox.SUSPECT_ATTEMPTS)
    assert suspect_rows(engine) == []
    assert len(claimed_rows(engine)) == 1


def test_what_was_claimed_too_often_ends_failed(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.MAX_ATTEMPTS)
    assert claimed_rows(engine) == []
    with transaction(engine) as session:
        assert inbox.give_up(session) == 1
    message = row(engine, row_id)
    assert message.state == MessageState.FAILED
    assert message.error == "the worker did not finish it in 5 attempts"


def test_the_last_attempt_is_not_given_up_while_its_lease_lasts(engine: Engine) -> None:
    given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.MAX_ATTEMPTS - 1)
    claim(engine)
    with transaction(engine) as session:
        assert inbox.give_up(session) == 0


def test_failed_messages_can_be_tried_again(engine: Engine) -> None:
    rows = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.MAX_ATTEMPTS)
    with transaction(engine) as session:
        inbox.give_up(session)
        assert inbox.retry_failed(session) == 1
    assert claimed_rows(engine) == rows
    assert row(engine, rows[0]).error is None


def test_waiting_counts_what_has_no_verdict(engine: Engine) -> None:
    given.received(engine, *SEVERAL)
    claim(engine, limit=2)
    with reading(engine) as session:
        assert inbox.waiting(session) == 5


def test_more_wait_than_a_number_below_theirs(engine: Engine) -> None:
    given.received(engine, *SEVERAL)
    with reading(engine) as session:
        assert [inbox.waits_more_than(session, number) for number in (0, 4, 5, 6)] == [True, True, False, False]
