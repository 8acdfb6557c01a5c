"""Leases: held by one, given back by hand or by time."""

from __future__ import annotations

import threading

from sqlalchemy import Engine

from storage.processes import leases
from storage.session import transaction
from tests.storage import given


def take(engine: Engine, holder: str, name: str = "training") -> bool:
    with transaction(engine) as session:
        return leases.take(session, name, holder, 60)


def give_back(engine: Engine, holder: str) -> None:
    with transaction(engine) as session:
        leases.give_back(session, "training", holder)


def test_a_free_lease_can_be_taken(engine: Engine) -> None:
    assert take(engine, "a")


def test_a_held_lease_cannot_be_taken_by_another(engine: Engine) -> None:
    take(engine, "a")
    assert not take(engine, "b")


def test_its_holder_renews_a_lease(engine: Engine) -> None:
    take(engine, "a")
    given.passed(engine, "leases", "until")
    assert take(engine, "a")
    assert not take(engine, "b")


def test_a_lease_that_ran_out_changes_hands(engine: Engine) -> None:
    take(engine, "a")
    given.passed(engine, "leases", "until")
    assert take(engine, "b")
    assert not take(engine, "a")


def test_a_lease_given_back_is_free(engine: Engine) -> None:
    take(engine, "a")
    give_back(engine, "a")
    assert take(engine, "b")


def test_nobody_gives_back_anothers_lease(engine: Engine) -> None:
    take(engine, "a")
    give_back(engine, "b")
    assert not take(engine, "b")


def test_leases_of_other_names_are_free(engine: Engine) -> None:
    take(engine, "a")
    assert take(engine, "b", "pruning")


def test_of_two_who_take_at_once_one_holds(engine: Engine) -> None:
    together, taken = threading.Barrier(2), []

    def work(holder: str) -> None:
        together.wait()
        taken.append(take(engine, holder))

    holders = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for holder in holders:
        holder.start()
    for holder in holders:
        holder.join()
    assert sorted(taken) == [False, True]
