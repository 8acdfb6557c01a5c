"""Settings with any value, and the API with any body: refused in a sentence, never an error of another kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.effort import JSON, changed, damaged, examples
from tests.fuzz.prepared_targets import SETTINGS, with_setting
from tests.review.api.conftest import program
from tests.review.api.program import Program
from tests.review.conftest import apps
from tests.storage.databases import engines, sqlite_address, sqlite_engine

__all__ = ["apps", "engines", "program", "sqlite_address", "sqlite_engine"]

VALUES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "-1",
        "0",
        "1e999",
        "nan",
        "99999999999999999999",
        "true",
        "[]",
        "{}",
        "null",
        "~nobody/x",
        "/dev/null",
        "http://",
        "https://[::1",
        "postgresql://a:b@:99999/c",
        "redis://[",
        "sqlite:///",
        "../..",
        "a" * 5000,
        "::1",
    ]
)


@given(st.sampled_from(SETTINGS), VALUES)
@examples(300)
def test_any_value_of_any_setting_is_taken_or_refused_in_a_sentence(name: str, value: str) -> None:
    with_setting(name, value)


BODIES: dict[str, Any] = {
    "/classify": {"text": "hello", "id": "a", "author_name": "Ann", "deadline_ms": 0},
    "/classify/batch": {"messages": [{"text": "hello"}], "deadline_ms": 0},
    "/corrections": {"verdict_id": 1, "is_spam": True, "note": "x"},
}


@pytest.mark.parametrize("path", BODIES)
@given(data=st.data())
@examples(25)
def test_any_json_is_answered_without_an_error_of_ours(program: Program, path: str, data: st.DataObject) -> None:
    body = data.draw(changed(BODIES[path]) | JSON)
    answer = program.client.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code < 500, body


@pytest.mark.parametrize("path", [*BODIES, "/import?format=csv", "/import?format=jsonl"])
@given(data=st.data())
@examples(15)
def test_any_bytes_are_answered_without_an_error_of_ours(program: Program, path: str, data: st.DataObject) -> None:
    content = data.draw(st.binary(max_size=60) | damaged(json.dumps(BODIES.get(path, {})).encode()))
    kind = "text/plain" if "import" in path else "application/json"
    assert program.client.post(path, content=content, headers={"content-type": kind}).status_code < 500, content
