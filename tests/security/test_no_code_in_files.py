"""No file that hamlet reads can hold code: nothing unpickles, evaluates or executes, and weights are safetensors."""

from __future__ import annotations

import ast
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier import checkpoint, files
from classifier.errors import CheckpointError
from jobs.app import app
from tests import tiny
from tests.test_conventions import FILES, ROOT

MODULES = {
    "pickle",
    "_pickle",
    "cPickle",
    "shelve",
    "marshal",
    "dill",
    "joblib",
    "cloudpickle",
    "yaml",
    "code",
    "runpy",
}
BUILTINS = {"eval", "exec", "compile", "__import__"}
CALLS = {
    *(
        "torch.load",
        "np.load",
        "numpy.load",
        "pandas.read_pickle",
        "pd.read_pickle",
        "yaml.load",
        "os.system",
        "os.popen",
    ),
    *("torch.hub.load", "torch.jit.load"),
}
OPTIONS = {"allow_pickle", "shell", "trust_remote_code"}  # none of these is ever set
KINDS = {".json", ".safetensors", ".model", ".svg", ".md"}  # of the files of a model version; .model is SentencePiece's


def problems(path: Path) -> Iterator[str]:
    """What in a file could run what another file holds."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in BUILTINS | CALLS:
                yield name
            yield from (f"{name}({word.arg}=…)" for word in node.keywords if word.arg in OPTIONS)


def test_no_package_imports_or_calls_what_runs_a_files_code() -> None:
    read = [*FILES, ROOT / "bootstrap.py", *sorted((ROOT / "migrations").rglob("*.py"))]
    assert {f"{path.relative_to(ROOT)}: {problem}" for path in read for problem in problems(path)} == set()


@pytest.mark.parametrize(
    "line",
    ["import pickle", "from joblib import load", "torch.load(path)", "eval(text)", "np.load(path, allow_pickle=True)"],
)
def test_what_would_run_a_files_code_is_noticed(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.py").write_text(line)
    assert list(problems(tmp_path / "a.py"))


def test_jobs_are_json_alone() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_a_model_version_is_made_of_json_and_safetensors(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    stored = [path for path in (tmp_path / "v1").rglob("*") if path.is_file()]
    assert {path.suffix for path in stored} <= KINDS
    for path in stored:
        assert not path.read_bytes().startswith((b"\x80", b"PK")), f"{path.name} is a pickle or a zip file"


class Evil:
    """Unpickled, it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._folder),)


@pytest.mark.parametrize("name", files.FILES)
def test_a_pickle_in_the_place_of_any_file_is_refused_and_runs_nothing(tmp_path: Path, name: str) -> None:
    """Whoever may write into the folder makes the manifest agree as well."""
    directory = tmp_path / "v1"
    checkpoint.save(tiny.checkpoint(), directory)
    (directory / name).write_bytes(pickle.dumps(Evil(tmp_path / "evil")))
    manifest = files.read_json(directory / files.MANIFEST)
    files.write_json(directory / files.MANIFEST, manifest | {name: files.sha256_of(directory / name)})
    with pytest.raises(CheckpointError):
        checkpoint.load(directory)
    assert not (tmp_path / "evil").exists()
