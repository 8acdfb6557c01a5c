"""Processes that hold no model do not carry what only models and runs need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "numpy", "scipy", "pandas", "sklearn", "matplotlib", "tiktoken", "tokenizers")


@pytest.mark.processes
@pytest.mark.parametrize(
    "process", ["bot.__main__", "actions.tasks", "review.app", "jobs.app", "training.lifecycle.tasks"]
)
def test_it_starts_without_the_libraries_of_models(process: str) -> None:
    code = f"import sys, {process}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert answer.stdout.split() == []
