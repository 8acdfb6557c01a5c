"""The buttons under a notice: what is written is read back, anything else is none of ours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telegram_ui.buttons import CaseButton, CorrectionButton

quick = settings(max_examples=50, deadline=None)


@quick
@given(verdict_id=st.integers(0, 10**18 - 1), is_spam=st.booleans())
def test_a_button_is_read_as_it_was_written(verdict_id: int, is_spam: bool) -> None:
    button = CorrectionButton(verdict_id, is_spam)
    assert CorrectionButton.parse(button.data) == button
    assert len(button.data.encode()) <= 64


@quick
@given(case_id=st.integers(0, 10**18 - 1), is_spam=st.booleans())
def test_a_cases_button_is_read_as_it_was_written_and_as_no_other(case_id: int, is_spam: bool) -> None:
    button = CaseButton(case_id, is_spam)
    assert CaseButton.parse(button.data) == button
    assert CorrectionButton.parse(button.data) is None


@quick
@given(data=st.text(st.characters()))
def test_garbage_is_no_button(data: str) -> None:
    assert CorrectionButton.parse(data) is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "correct:5",
        "correct:5:2",
        "correct:-5:1",
        "correct:5:1\n",
        " correct:5:1",
        "correct:٥:1",
        "correct:5:1:1",
        f"correct:{'9' * 19}:1",
    ],
)
def test_a_near_miss_is_no_button(data: str | None) -> None:
    assert CorrectionButton.parse(data) is None
