"""The one story on the real base model and encoder, as a first visitor has it; the others tell theirs on a tiny one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import make_first_version, write_examples
from tests.e2e.story import tell_the_story

pytestmark = [pytest.mark.weights, pytest.mark.processes]


def test_a_correction_becomes_a_better_model_on_sqlite(tmp_path: Path) -> None:
    write_examples(tmp_path / "examples.csv")
    make_first_version(tmp_path, {})
    tell_the_story(tmp_path, {})
