"""Many values as one parameter mean the same on both databases, and a batch costs as few statements as a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from storage.arrays import among, insert_many
from storage.models import Message, Platform, Standing, Verdict, now
from storage.moderation.new_verdicts import Judgement
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.moderation.leases import claim, record

NOTHING: list[int] = []


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is asked meanwhile."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def among_authors(engine: Engine, numbers: list[int]) -> list[int]:
    with reading(engine) as session:
        return list(session.scalars(select(Message.author_id).where(among(Message.author_id, numbers))))


def test_numbers_of_any_size_and_sign_are_found_among_others(engine: Engine) -> None:
    people = [2**53 + 1, -(2**40), 7]
    given.received(engine, *[given.incoming("hello", n, author_id=who) for n, who in enumerate(people, 1)])
    assert sorted(among_authors(engine, [*people[:2], 99])) == sorted(people[:2])
    assert among_authors(engine, NOTHING) == []


def test_what_is_not_among_them_is_the_rest(engine: Engine) -> None:
    rows = given.received(engine, *[given.incoming("hello", n) for n in (1, 2, 3)])
    with reading(engine) as session:
        others = session.scalars(select(Message.id).where(~among(Message.id, rows[:2]))).all()
    assert others == rows[2:]


@pytest.mark.parametrize("scores", [[0.25], [0.5, 0.5], [0.1, 1 / 3, 2**-40]])
def test_rows_are_inserted_with_exactly_their_values(engine: Engine, scores: list[float]) -> None:
    model = given.version(engine)
    rows = given.received(engine, *[given.incoming("hello", n) for n, _ in enumerate(scores, 1)])
    rules = [None, "a 'rule', {with} \"signs\\\"", None][: len(scores)]
    columns: dict[str, list[Any]] = {
        "message_id": rows,
        "score": scores,
        "rule": rules,
        "standing": [Standing.GOOD for _ in rows],
        "is_spam": [n == 0 for n, _ in enumerate(rows)],
    }
    same = {"edit": 0, "model_version_id": model.id, "review_threshold": 0.5, "act_threshold": 0.9, "created_at": now()}
    columns |= {name: [value for _ in rows] for name, value in same.items()} | {"script_weight": [0.0 for _ in rows]}
    columns |= {name: [False for _ in rows] for name in ("is_shadow", "is_audited", "disagrees")}
    with transaction(engine) as session:
        inserted = insert_many(session, Verdict, columns, (Verdict.message_id, Verdict.id))
    with reading(engine) as session:
        stored = session.scalars(select(Verdict).order_by(Verdict.id)).all()
    assert inserted == [(verdict.message_id, verdict.id) for verdict in stored]
    assert [(v.message_id, v.score, v.rule) for v in stored] == list(zip(rows, scores, rules, strict=True))
    assert [v.is_spam for v in stored] == columns["is_spam"]
    assert {(v.standing, v.created_at) for v in stored} == {(Standing.GOOD, same["created_at"])}


def test_a_batch_takes_as_few_statements_as_one_message(engine: Engine) -> None:
    model = given.version(engine)
    asked_for = []
    for first, n in ((1, 1), (100, 50)):
        messages = [given.incoming(f"all is well {k}", k, author_id=k) for k in range(first, first + n)]
        rows = given.received(engine, *messages, given.incoming("a page", first, platform=Platform.WEB))
        with statements(engine) as asked:
            holder, claimed = claim(engine, 100)
            record(engine, holder, model.id, *[Judgement(c.id, c.edit, 0.1 + 0.001 * c.id) for c in claimed])
        assert len(claimed) == len(rows)
        asked_for.append(len(asked))
    assert asked_for[0] == asked_for[1]
