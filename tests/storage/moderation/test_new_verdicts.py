"""The draw for audit: by chance over the messages, the same for each whenever it is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.moderation.new_verdicts import is_drawn

ids, edits, shares = st.integers(1, 2**63 - 1), st.integers(0, 1_000), st.floats(0, 1)


@given(ids, edits)
def test_a_share_of_nothing_draws_nothing_and_of_all_everything(message_id: int, edit: int) -> None:
    assert not is_drawn(message_id, edit, 0.0)
    assert is_drawn(message_id, edit, 1.0)


@given(ids, edits, shares, shares)
def test_what_a_small_share_draws_a_larger_one_draws_too(message_id: int, edit: int, one: float, other: float) -> None:
    assert is_drawn(message_id, edit, min(one, other)) <= is_drawn(message_id, edit, max(one, other))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_the_share_of_many_messages_is_drawn(share: float) -> None:
    drawn = sum(is_drawn(message_id, 0, share) for message_id in range(1, 20_001))
    assert drawn == pytest.approx(20_000 * share, abs=4 * (20_000 * share * (1 - share)) ** 0.5)


def test_an_edit_is_drawn_by_itself() -> None:
    assert len({is_drawn(1, edit, 0.5) for edit in range(20)}) == 2


def test_the_draw_never_changes() -> None:
    assert [number for number in range(1, 401) if is_drawn(number, 0, 0.01)] == [127, 305, 341, 345]
