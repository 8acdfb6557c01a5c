"""Telegram's raw updates: kept once, replayed until handled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from storage.models import Update
from storage.processes import updates
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given

BOT = 123456


def keep(engine: Engine, update_id: int, bot_id: int = BOT, **payload: Any) -> bool:
    with transaction(engine) as session:
        return bool(updates.keep(session, bot_id, {update_id: {"update_id": update_id, **payload}}))


def unhandled(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return list(updates.unhandled(session, BOT))


def handled(engine: Engine, update_id: int) -> None:
    with transaction(engine) as session:
        updates.handled(session, BOT, update_id)


def failed(engine: Engine, update_id: int, times: int = 1, error: str = "it broke") -> None:
    for _ in range(times):
        with transaction(engine) as session:
            updates.failed(session, BOT, update_id, error)


def test_an_update_is_kept_once(engine: Engine) -> None:
    assert keep(engine, 1, text="first")
    assert not keep(engine, 1, text="second")
    assert given.values(engine, Update.payload) == [{"update_id": 1, "text": "first"}]


def test_two_bots_may_share_an_update_id(engine: Engine) -> None:
    assert keep(engine, 1)
    assert keep(engine, 1, bot_id=BOT + 1)
    assert unhandled(engine) == [1]


def test_unhandled_updates_come_in_telegrams_order(engine: Engine) -> None:
    for update_id in (3, 1, 2):
        keep(engine, update_id)
    assert unhandled(engine) == [1, 2, 3]


def test_of_what_was_handled_the_number_stays_and_no_word(engine: Engine) -> None:
    keep(engine, 1, text="first")
    handled(engine, 1)
    assert given.values(engine, Update.payload) == [{}]
    assert not keep(engine, 1, text="first")


def test_a_handled_update_is_not_replayed(engine: Engine) -> None:
    for update_id in (1, 2):
        keep(engine, update_id)
    handled(engine, 1)
    assert unhandled(engine) == [2]


def test_a_failed_update_is_tried_again(engine: Engine) -> None:
    keep(engine, 1)
    failed(engine, 1, updates.MAX_ATTEMPTS - 1)
    assert unhandled(engine) == [1]


def test_an_update_that_failed_too_often_is_left_with_its_error(engine: Engine) -> None:
    keep(engine, 1)
    failed(engine, 1, updates.MAX_ATTEMPTS)
    assert unhandled(engine) == []
    assert given.values(engine, Update.error) == ["it broke"]


def test_an_error_of_any_length_and_letters_is_stored(engine: Engine) -> None:
    keep(engine, 1)
    failed(engine, 1, error="\0\ud800" + "x" * 10_000)
    [error] = given.values(engine, Update.error)
    assert error == "\ufffd\ufffd\ufffd\ufffd" + "x" * 498


def test_old_handled_updates_are_forgotten(engine: Engine) -> None:
    for update_id in (1, 2):
        keep(engine, update_id)
    handled(engine, 1)
    given.passed(engine, "updates", "received_at")
    with transaction(engine) as session:
        assert updates.forget_old(session, days=1) == 0
        assert updates.forget_old(session, days=-1) == 1
    assert unhandled(engine) == [2]


def test_an_update_that_was_given_up_is_forgotten_when_it_is_old(engine: Engine) -> None:
    for update_id in (1, 2):
        keep(engine, update_id)
    failed(engine, 1, updates.MAX_ATTEMPTS)
    with transaction(engine) as session:
        assert updates.forget_old(session, days=1) == 0
    given.passed(engine, "updates", "received_at")
    with transaction(engine) as session:
        assert updates.forget_old(session, days=0.01) == 1
    assert unhandled(engine) == [2]


def test_a_failure_that_does_not_count_is_noted(engine: Engine) -> None:
    keep(engine, 1)
    for _ in range(updates.MAX_ATTEMPTS):
        with transaction(engine) as session:
            updates.failed(session, BOT, 1, "Telegram is away", counts=False)
    assert unhandled(engine) == [1]
    assert given.values(engine, Update.error) == ["Telegram is away"]


def test_a_payload_with_nul_and_lone_surrogates_is_stored(engine: Engine) -> None:
    assert keep(engine, 1, message={"text": "a\0b", "entities": [{"\ud800": "\udfff"}], "date": 5, "x": None})
    assert count(engine, "updates") == 1
    [payload] = given.values(engine, Update.payload)
    assert payload["message"] == {
        "text": "a\ufffdb",
        "entities": [{"\ufffd\ufffd\ufffd": "\ufffd\ufffd\ufffd"}],
        "date": 5,
        "x": None,
    }


def test_what_names_a_forgotten_person_is_emptied_unless_it_waits(engine: Engine) -> None:
    hers, anothers = {"from": {"id": 13, "first_name": "Eve"}}, {"from": {"id": 131, "first_name": "Max"}, "text": "13"}
    for update_id, payload in enumerate((hers, {"reply_to_message": hers}, anothers, hers, hers), start=1):
        keep(engine, update_id, message=payload)
    for update_id in (1, 2, 3):
        failed(engine, update_id, updates.MAX_ATTEMPTS, error="somebody broke it")
    handled(engine, 4)
    with transaction(engine) as session:
        updates.forget_person(session, 13)
    emptied = dict(zip(given.values(engine, Update.update_id), given.values(engine, Update.payload), strict=True))
    assert emptied == {
        1: {},
        2: {},
        3: {"update_id": 3, "message": anothers},
        4: {},
        5: {"update_id": 5, "message": hers},
    }
    assert given.values(engine, Update.error) == [None, None, "somebody broke it", None, None]
    assert not keep(engine, 1, text="again")
    assert unhandled(engine) == [5]
