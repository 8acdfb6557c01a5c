"""Every test that the threat model and the privacy document name exists."""

from __future__ import annotations

import re

import pytest

from tests.test_conventions import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("document", ["docs/security.md", "docs/privacy.md"])
def test_the_tests_it_names_are_there(document: str) -> None:
    named = NAMED.findall((ROOT / document).read_text(encoding="utf-8"))
    assert len(named) > 3
    assert [f"{file}::{test}" for file, test in named if not _has(file, test)] == []


@pytest.mark.parametrize("document", ["docs/trust.md", "docs/quality.md", "docs/architecture.md", "docs/moderation.md"])
def test_the_files_of_tests_it_names_are_there(document: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / document).read_text(encoding="utf-8"))
    assert [file for file in named if not (ROOT / file).is_file()] == []


def _has(file: str, test: str) -> bool:
    path = ROOT / file
    return path.is_file() and re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


@pytest.mark.parametrize("document", ["docs/security.md", "docs/privacy.md"])
def test_it_can_be_read_at_one_sitting(document: str) -> None:
    assert (ROOT / document).read_text(encoding="utf-8").count("\n") < 120
