"""How hard the fuzz tests try: the same few examples in every check, FUZZ_EFFORT times as many new ones by command."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EFFORT = int(os.environ.get("FUZZ_EFFORT", "1"))

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**31, 2**63, -(2**63) - 1, 10**30])
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "\0", "\ud800", "\u202e", "../../x", "=1+1", "🅰" * 3, "x" * 5_000])
)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6
)  # fmt: skip


def examples(most: int) -> settings:
    """So many examples, always the same ones unless FUZZ_EFFORT asks for more."""
    return settings(
        max_examples=most * EFFORT,
        derandomize=EFFORT == 1,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above, *(place for key, part in inner for place in places(part, (*above, key)))]


def put(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """The value with another in that place."""
    if not place:
        return other
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = put(copy[place[0]], place[1:], other)
    return copy


@st.composite
def changed(draw: st.DrawFn, value: Any, most: int = 3) -> Any:
    """The JSON value with up to `most` of its parts replaced by any JSON."""
    for _ in range(draw(st.integers(1, most))):
        value = put(value, draw(st.sampled_from(places(value))), draw(JSON))
    return value


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The bytes with a few overwritten, taken out or put in, or cut short."""
    for _ in range(draw(st.integers(1, 3))):
        at, junk = draw(st.integers(0, max(len(content) - 1, 0))), draw(st.binary(max_size=16))
        out = draw(st.sampled_from([0, len(junk), 64, len(content)]))
        content = content[:at] + junk + content[at + out :]
    return content
