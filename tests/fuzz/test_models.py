"""A model directory with anything in any place, which the manifest agrees with: it loads and scores, or is refused by name."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.effort import changed, damaged, examples
from tests.fuzz.prepared_targets import ABOUT, PARTS, version, with_part


@given(data=st.data())
@examples(80)
def test_anything_in_any_place_of_what_describes_a_version(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(ABOUT))
    with_part(name, json.dumps(data.draw(changed(json.loads((version() / name).read_text()), 2))).encode())


@given(data=st.data())
@examples(40)
def test_damage_in_any_file_of_a_version(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(PARTS))
    with_part(name, data.draw(damaged((version() / name).read_bytes())))
