"""Column types mean the same on both databases, whatever text or time they are given."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, literal, select
from sqlalchemy.exc import StatementError
from sqlalchemy.types import TypeEngine

from storage.models import Lease, Update
from storage.processes import updates
from storage.session import reading, transaction
from storage.types import AnyText, Name, UtcTime, jsonable, storable

ANY = st.text(st.characters())  # surrogates and NUL included
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | ANY,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(ANY, parts, max_size=3),
    max_leaves=8,
)
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
update_ids = itertools.count()


def through(engine: Engine, value: object, kind: TypeEngine[Any]) -> Any:
    """The value as the database gives it back."""
    with reading(engine) as session:
        return session.scalar(select(literal(value, kind)))


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="without a zone"), transaction(engine) as session:
        session.add(Lease(name="x", holder="a", until=datetime(2025, 1, 1)))


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
def test_a_time_comes_back_as_the_same_moment_in_utc(engine: Engine, zone: timezone) -> None:
    moment = datetime(2025, 1, 1, 12, 30, 15, 123456, tzinfo=zone)
    with transaction(engine) as session:
        session.add(Lease(name="x", holder="a", until=moment))
    with reading(engine) as session:
        stored = session.scalars(select(Lease.until)).one()
    assert (stored, stored.tzinfo) == (moment, UTC)


def test_no_time_is_no_time(engine: Engine) -> None:
    assert through(engine, None, UtcTime()) is None


@quick
@given(text=ANY)
def test_any_text_can_be_stored(engine: Engine, text: str) -> None:
    assert through(engine, text, AnyText()) == storable(text)


@quick
@given(text=ANY.map(lambda text: text * 20))
def test_any_name_can_be_stored_and_is_cut(engine: Engine, text: str) -> None:
    assert through(engine, text, Name()) == storable(text)[:256]


@quick
@given(payload=st.dictionaries(ANY, JSON, max_size=3))
def test_any_json_can_be_stored(engine: Engine, payload: dict[str, Any]) -> None:
    update_id = next(update_ids)
    with transaction(engine) as session:
        updates.keep(session, 1, {update_id: payload})
    with reading(engine) as session:
        stored = session.scalars(select(Update.payload).where(Update.update_id == update_id)).one()
    assert stored == jsonable(payload)


@quick
@given(text=ANY)
def test_what_is_storable_stays_as_it_is(text: str) -> None:
    assert storable(storable(text)) == storable(text)


@quick
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_ordinary_text_is_not_changed(text: str) -> None:
    assert storable(text) == text
