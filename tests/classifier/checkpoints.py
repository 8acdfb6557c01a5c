"""Version directories as tests change them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from classifier import files
from classifier.checkpoint import Checkpoint
from classifier.files import FILES, MANIFEST
from classifier.gpt.tokenizer import Tokenizer
from tests import tiny

TEXTS = ["Win cash now", "see you at ten", "?"]


def another() -> Checkpoint:
    """A version that differs in every file."""
    tokenizer = Tokenizer("other", tiny.tokenizer().ranks, {})
    return replace(tiny.checkpoint(0.4, seed=1), tokenizer=tokenizer, metrics={"other": 1})


def rewrite(directory: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file and let the manifest agree, as somebody with an editor might."""
    content = json.loads((directory / name).read_text())
    change(content)
    (directory / name).write_text(json.dumps(content))
    sign(directory)


def sign(directory: Path, *more: str) -> None:
    sums = {name: files.sha256_of(directory / name) for name in (*FILES, *more)}
    (directory / MANIFEST).write_text(json.dumps(sums))
