"""What two texts are compared by."""

from __future__ import annotations

import pytest

from storage.near_duplicates import normalised, shingles_of


def test_case_and_digits_make_no_difference() -> None:
    assert normalised("Call 555-01٣") == normalised("CALL 921-777") == "call 000-000"


@pytest.mark.parametrize(("text", "count"), [("", 1), ("ok", 1), ("five!", 1), ("sixsix", 2)])
def test_every_text_has_a_shingle(text: str, count: int) -> None:
    assert len(shingles_of(normalised(text))) == count
    assert {len(shingle) for shingle in shingles_of(normalised(text))} == {5}
