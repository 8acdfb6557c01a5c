"""Labelled files, read and written."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import formats, lines, writing
from storage.formats import Decided, Format, Sample
from storage.lines import LONGEST_LINE, Line, LineError

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip)
DECIDED = st.builds(
    Decided,
    st.integers(1, 9),
    TEXTS,
    st.booleans(),
    st.just(datetime(2025, 1, 1, tzinfo=UTC)),
    st.none() | st.integers(1, 9),
    TEXTS,
    st.floats(0, 1),
    st.just("v1"),
)


def written(kind: Format, rows: list[Decided]) -> bytes:
    return (writing.head(kind) + "".join(writing.written(kind, row) for row in rows)).encode()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([Format.JSONL, Format.CSV]), st.lists(DECIDED, max_size=5))
def test_what_is_written_is_read_again(kind: Format, rows: list[Decided]) -> None:
    examples = list(formats.read(kind, [written(kind, rows)]))
    wanted = [(row.text, row.is_spam) for row in rows]
    assert [(one.text, one.is_spam) if isinstance(one, Sample) else one for one in examples] == wanted


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "\r", "a\r", "\ra", '"', "a,b", "'", "'='", "\x85a"])
def test_line_ends_and_quotes_within_a_text_are_kept(text: str) -> None:
    row = Decided(1, f"x{text}x", True, datetime(2025, 1, 1, tzinfo=UTC), None, "", 0.9, "v1")
    for kind in (Format.CSV, Format.JSONL):
        assert [one.text for one in formats.read(kind, [written(kind, [row])]) if isinstance(one, Sample)] == [row.text]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(Format)), st.binary(max_size=200))
def test_no_bytes_break_a_reader(kind: Format, body: bytes) -> None:
    for one in formats.read(kind, [body]):
        assert isinstance(one, Sample | LineError)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_where_a_body_is_cut_makes_no_difference(body: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    parts = [body[a:b] for a, b in pairwise(edges)]
    assert list(lines.numbered(parts)) == list(lines.numbered([body]))


def test_a_line_without_an_end_keeps_little_in_memory() -> None:
    endless = (b"x" * 65_536 for _ in range(200))
    assert [type(line) for line in lines.numbered(endless)] == [LineError]


def test_a_line_of_the_largest_length_is_read() -> None:
    assert list(lines.numbered([b"x" * LONGEST_LINE])) == [Line(1, "x" * LONGEST_LINE)]


@pytest.mark.parametrize(
    ("label", "is_spam"), [("spam", True), ("HAM ", False), ("1", True), ("0", False), ("False", False)]
)
def test_labels_are_spelt_in_several_ways(label: str, is_spam: bool) -> None:
    assert list(formats.read(Format.CSV, [f"Label,Text\n{label},a\n".encode()])) == [Sample(2, "a", is_spam)]


def test_json_labels_may_be_numbers_and_booleans() -> None:
    body = b'{"text": "a", "label": 1}\n{"text": "b", "label": false}\n'
    assert list(formats.read(Format.JSONL, [body])) == [Sample(1, "a", True), Sample(2, "b", False)]


def test_a_quote_that_never_closes_is_one_error_and_not_the_end() -> None:
    body = 'text,label\n"never closed,spam\n' + "filler,ham\n" * 20_000
    examples = list(formats.read(Format.CSV, [body.encode()]))
    assert any(isinstance(one, LineError) and "not CSV" in one.reason for one in examples)
    assert any(isinstance(one, Sample) for one in examples)
