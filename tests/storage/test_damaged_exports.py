"""Telegram Desktop's exports that are cut short, damaged, strange or long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import ExportCutShort, NotAnExport
from storage.exported import ExportItem
from storage.telegram_export import LONGEST_MESSAGE, read
from tests.storage.exports import export, head, in_parts, items, said, service


def test_a_message_without_an_end_is_not_read_into_memory() -> None:
    _, messages = read(in_parts(head() + b'{"text": "' + b"x" * (2 * LONGEST_MESSAGE), 65_536))
    with pytest.raises(ExportCutShort):
        list(messages)


WHOLE = export(*(said(number) for number in range(1, 60)), service(60), said(61, ["in", {"text": "parts"}]))
ALL = list(read([WHOLE])[1])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 3_000))
@settings(max_examples=200, deadline=None)
def test_of_an_export_that_is_cut_short_the_messages_before_the_cut_are_read_and_then_it_is_told(
    cut: int, size: int
) -> None:
    taken: list[ExportItem] = []
    with pytest.raises((NotAnExport, ExportCutShort)):
        for one in read(in_parts(WHOLE[:cut], size))[1]:
            taken.append(one)  # noqa: PERF402 # extend would lose them with the error
    assert taken == ALL[: len(taken)]
    ended = WHOLE[:cut].count(b"\n},") - 1
    assert len(taken) >= ended - size // 200 - 1, "what a whole part before the cut holds is read"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("id", "date", "date_unixtime", "edited_unixtime", "from", "from_id", "text", "type", "actor_id", "action")


@given(st.lists(JSON | st.dictionaries(st.sampled_from(KEYS), JSON).map(lambda changes: said(1) | changes), max_size=5))
@settings(max_examples=200, deadline=None)
def test_each_item_is_taken_or_left_out_whatever_stands_in_it(messages: list[Any]) -> None:
    assert len(items(*messages)) == len(messages)


@given(st.binary(max_size=200), st.integers(0, len(WHOLE)))
@settings(max_examples=200, deadline=None)
def test_damage_ends_with_a_named_error_or_in_other_words(junk: bytes, at: int) -> None:
    try:
        _, messages = read(in_parts(WHOLE[:at] + junk + WHOLE[at + len(junk) :], 1_000))
        assert len(list(messages)) <= 2 * len(ALL)
    except (NotAnExport, ExportCutShort):
        pass


def test_of_fifty_megabytes_a_few_are_in_memory_at_once() -> None:
    one, process = json.dumps(said(1, "x" * 300)).encode(), psutil.Process()

    def parts() -> Iterator[bytes]:
        yield head()
        for _ in range(1_200):
            yield b",\n".join([one] * 100) + b",\n"
        yield one + b"]}"

    before = process.memory_info().rss
    most = 0
    for n, _ in enumerate(read(parts())[1], 1):
        if n % 10_000 == 0:
            most = max(most, process.memory_info().rss - before)
    assert n * len(one) > 50_000_000
    assert most < 20_000_000
