"""What CONTRIBUTING.md and the glossary promise of the code, read off the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (
    "actions",
    "benchmarks",
    "bot",
    "classifier",
    "cli",
    "jobs",
    "review",
    "storage",
    "telegram_ui",
    "training",
    "worker",
)
LONGEST = 200  # lines of a file
LONGER = {"classifier/gpt/model.py": 320}  # one network in one file, read beside the papers
PATCHED = {"tests/faults/test_runs.py"}  # a gate that passes all, and a disk that fills up while a report is written
FOLDERS = (*PACKAGES, "migrations", "tests", "docs")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
SHORT = [*FILES, *sorted((ROOT / "tests").rglob("*.py"))]


def forbidden() -> list[str]:
    """The words of the glossary's last table."""
    section = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Words that are not used")[2]
    return re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)


def names(tree: ast.AST) -> Iterator[str]:
    """Every name that a file gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@cache
def names_in(path: Path) -> tuple[str, ...]:
    """The file's own name and every one in it, read once for all words."""
    return path.stem, *names(ast.parse(path.read_text(encoding="utf-8")))


def words(name: str) -> set[str]:
    """`is_kept`, `_isKept` and `IsKept` alike as their words in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_no_file_is_longer_than_it_may_be() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in SHORT}
    assert {name: n for name, n in lines.items() if n > LONGER.get(name, LONGEST)} == {}


def test_the_glossary_names_words_that_are_not_used() -> None:
    assert len(forbidden()) >= 5


@pytest.mark.parametrize("word", forbidden())
def test_no_name_in_the_code_is_made_of_a_word_that_is_not_used(word: str) -> None:
    used = [f"{path.relative_to(ROOT)}: {name}" for path in FILES for name in names_in(path) if word in words(name)]
    assert used == []


def test_nothing_is_patched() -> None:
    """Tests pass what they need, or start a process of their own; they replace nothing that the code has looked up."""
    patching = re.compile(
        r"monkeypatch\.(setattr|setitem)|\bmocker\b|\bunittest\b.*\bmock\b|^import mock\b", re.MULTILINE
    )
    files = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "tests").rglob("*.py")}
    files.pop(Path(__file__).relative_to(ROOT).as_posix(), None)
    assert {
        name for name, path in files.items() if patching.search(path.read_text(encoding="utf-8"))
    } - PATCHED == set()


def test_packages_do_not_import_each_other_in_circles() -> None:
    """Two files that import each other can only be read together."""
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
    imported = {module: set(_imports(path, modules)) - {module} for module, path in modules.items()}
    mutual = {(a, b) for a, others in imported.items() for b in others if a < b and a in imported[b]}
    assert mutual == set()


def _imports(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield from [name for name in (inner, node.module) if name in modules][:1]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)


def test_every_file_that_the_documents_name_is_there() -> None:
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {(path, name) for path in documents for name in _paths(path.read_text(encoding="utf-8"))}
    assert {f"{path.relative_to(ROOT)}: {name}" for path, name in named if not list(ROOT.glob(name))} == set()


def _paths(text: str) -> set[str]:
    """What stands in backticks and begins with a folder of the project."""
    return {
        name
        for name in re.findall(r"`([\w./*-]+\.py|[\w./-]+/)`", text)
        if name.partition("/")[0] in FOLDERS and "/" in name
    }
