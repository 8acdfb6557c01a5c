"""Damaged input of every kind is taken or refused by a named error: a few examples of each, in every check."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import seeds
from tests.fuzz.effort import changed, damaged, examples
from tests.fuzz.targets import TARGETS

ATOMS = st.sampled_from(
    [*"ab().*+?|[]{}^$\\,:=!<>-#&~019es", "(?:", "(?P<a>", "(?<=", "[^", "{1,3}", "{e<=2}", r"\p{L}", r"\b", "(?R)", r"\1", "(?|", "++", "*+", r"\d", "[[:alpha:]]", "&&", "--", "(?e)", "(?b)", r"\L<a>", "(?(", r"\g<", "(*", r"\N{", "{9999999999999}"]
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.data())
@examples(25)
def test_damaged_bytes_are_taken_or_refused_by_name(target: str, data: st.DataObject) -> None:
    TARGETS[target](data.draw(damaged(data.draw(st.sampled_from(seeds.of(target))))))


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_whole_passes(target: str) -> None:
    for content in seeds.of(target):
        TARGETS[target](content)


@given(st.sampled_from(seeds.UPDATES).flatmap(changed))
@examples(150)
def test_an_update_with_anything_in_any_place_is_read_or_left(update: Any) -> None:
    TARGETS["update"](json.dumps(update).encode())


def without_each(value: Any) -> Iterator[Any]:
    """The value without each of the parts in it, at any depth, one at a time."""
    for key in range(len(value)) if isinstance(value, list) else [*value] if isinstance(value, dict) else []:
        less = copy.copy(value)
        del less[key]
        yield less
        for changed_part in without_each(value[key]):
            less = copy.copy(value)
            less[key] = changed_part
            yield less


@pytest.mark.parametrize("number", range(len(seeds.UPDATES)))
def test_an_update_without_any_one_of_its_parts_is_read_or_left(number: int) -> None:
    for update in without_each(seeds.UPDATES[number]):
        TARGETS["update"](json.dumps(update).encode())


def with_each_of_another_kind(value: Any) -> Iterator[Any]:
    """The value with each of the parts in it, at any depth, replaced by something of another kind, one at a time."""
    for key in range(len(value)) if isinstance(value, list) else [*value] if isinstance(value, dict) else []:
        other_parts = [{}, [], [{"a": 1}], "x", 3, -1.5, True, None, *with_each_of_another_kind(value[key])]
        for part in other_parts:
            other = copy.copy(value)
            other[key] = part
            yield other


@pytest.mark.parametrize("number", range(len(seeds.UPDATES)))
def test_an_update_with_any_one_of_its_parts_of_another_kind_is_read_or_left(number: int) -> None:
    for update in with_each_of_another_kind(seeds.UPDATES[number]):
        TARGETS["update"](json.dumps(update).encode())


@given(changed(seeds.CHAT | {"rules": [seeds.RULE]}))
@examples(50)
def test_a_chats_file_with_anything_in_any_place_is_read_or_refused(file: Any) -> None:
    TARGETS["chat_file"](json.dumps(file).encode())


@given(st.lists(ATOMS, min_size=1, max_size=24).map("".join))
@examples(60)
def test_an_expression_of_any_parts_is_refused_or_searches(pattern: str) -> None:
    TARGETS["expression"](pattern.encode())


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 250 + "a" + ")" * 250,
        "a{99999999999999999999}",
        r"\L<x>",
        "(?P<a>(?P>a)x)",
        "(?:(?:x{99}){99}){99}",
        "(?R)",
        r"\N{no such}",
        "[[:no:]]",
    ],
)
def test_an_expression_that_is_odd_in_itself_is_refused_or_searches(pattern: str) -> None:
    TARGETS["expression"](pattern.encode())


@given(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(seeds.DATA).flatmap(lambda data: st.just(data + "0")),
        st.from_regex(r"\A[a-z]{3,8}(:\w{0,19}){1,3}\Z"),
    )
)
@examples(150)
def test_any_callback_data_is_a_button_or_none(data: str) -> None:
    TARGETS["callback_data"](data.encode("utf-8", "replace"))
