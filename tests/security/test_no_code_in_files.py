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
from tests.security import called
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
CALLS = {  # by their full names, whatever they are imported as
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen"),
    *("torch.load", "torch.serialization.load", "torch.hub.load", "torch.jit.load", "torch.package.PackageImporter"),
    *("numpy.load", "pandas.read_pickle", "pandas.io.pickle.read_pickle", "logging.config.fileConfig"),
    *("importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader"),
}
IMPORTS_BY_NAME = {"importlib.import_module", "importlib.__import__"}
OPTIONS = {"allow_pickle", "shell", "trust_remote_code"}  # none of these is ever set
KINDS = {".json", ".safetensors", ".model", ".svg", ".md"}  # of the files of a model version; .model is SentencePiece's


MAY_IMPORT_BY_NAME = {"benchmarks/worker_process.py"}  # two modules that stand there as constants, in a loop


def problems(code: str) -> Iterator[str]:
    """What in a file could run what another file holds."""
    tree = ast.parse(code)
    names = called.Names(tree)
    for name in called.imported(tree):
        if name.partition(".")[0] in MODULES or name in CALLS | IMPORTS_BY_NAME or name.endswith(".*"):
            yield name
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and names.of(node) in CALLS:
            yield names.of(node)
        elif isinstance(node, ast.Call):
            name = names.of(node.func)
            if name in IMPORTS_BY_NAME and not (node.args and isinstance(node.args[0], ast.Constant)):
                yield f"{name}(…)"
            yield from (f"{name}({word.arg}=…)" for word in node.keywords if word.arg in OPTIONS)


def test_no_package_imports_or_calls_what_runs_a_files_code() -> None:
    read = [*FILES, ROOT / "bootstrap.py", *sorted((ROOT / "migrations").rglob("*.py"))]
    found = {path.relative_to(ROOT).as_posix(): set(problems(path.read_text(encoding="utf-8"))) for path in read}
    for name in MAY_IMPORT_BY_NAME:
        assert found.pop(name) == {"importlib.import_module(…)"}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "import os.path, pickle as p",
        "from joblib import load",
        "from torch import load",
        "from torch import load as fetch",
        "from torch import *",
        "import torch\ntorch.load(path)",
        "import torch as t\nt.load(path)",
        "import torch as t\nlist(map(t.load, paths))",
        "import torch\ndef read():\n    return torch.hub.load(path)",
        "from torch import jit\njit.load(path)",
        "import numpy as np\nnp.load(path)",
        "import numpy\nnumpy.fromfile(path, allow_pickle=True)",
        "import pandas as pd\npd.read_pickle(path)",
        "eval(text)",
        "run = exec",
        "import builtins\nbuiltins.eval(text)",
        "import builtins as b\nb.exec(text)",
        "from builtins import eval as value",
        "import importlib\nimportlib.import_module(name)",
        "import importlib as i\ni.import_module(name)",
        "import importlib\nimportlib.import_module(name=name)",
        "from importlib import import_module",
        "from os import system",
        "import subprocess\nsubprocess.run(line, shell=True)",
    ],
)
def test_what_would_run_a_files_code_is_noticed(code: str) -> None:
    assert list(problems(code))


@pytest.mark.parametrize(
    "code",
    [
        "import json\njson.load(file)",
        "import re\nre.compile(pattern)",
        "from re import compile\ncompile(pattern)",
        "model.eval()",
        "import torch\nfrom safetensors.torch import load_file\nload_file(path)",
        "import importlib\nimportlib.import_module('worker.tasks')",
        "SpamClassifier.load(path)",
        "import subprocess\nsubprocess.run([name, path])",
    ],
)
def test_what_runs_no_files_code_is_not(code: str) -> None:
    assert list(problems(code)) == []


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
