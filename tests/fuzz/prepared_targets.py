"""Targets that need something whole beside the bytes: a version's directory, the settings, the API on a database.

The first byte chooses where the others go: into which file, setting or path.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from classifier import checkpoint, files
from classifier.errors import CheckpointError, TextError
from classifier.files import MANIFEST
from classifier.spam import SpamClassifier
from cli import settings
from jobs import entry_point
from storage.session import open_engine
from tests import fresh
from tests.classifier.test_checkpoint_parts import with_encoder
from tests.review.api.program import Program
from tests.review.site import site_on

ABOUT = ("config.json", "tokenizer.json", "encoder.json", "metrics.json", MANIFEST)
WEIGHTS = (
    "trunk.safetensors",
    "head.safetensors",
    "wide.safetensors",
    "encoder.safetensors",
    "encoder_head.safetensors",
    "encoder.model",
)
PARTS = (*ABOUT, *WEIGHTS)
SETTINGS = sorted(settings.names())
JSON_PATHS = ("/classify", "/classify/batch", "/corrections")
PATHS = (*JSON_PATHS, "/import?format=csv", "/import?format=jsonl")


@cache
def folder() -> Path:
    """Where what is whole lies, until this process ends."""
    made = tempfile.mkdtemp(prefix="hamlet-fuzz-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


@cache
def version() -> Path:
    """The directory of a version of all parts."""
    checkpoint.save(with_encoder(), folder() / "v1")
    return folder() / "v1"


@cache
def program() -> Program:
    """A client of the API with every scope."""
    address = fresh.sqlite(folder() / "fuzz.sqlite3")
    return Program(site_on(address), open_engine(address))


def with_part(name: str, content: bytes) -> None:
    """A version with that content in that file, which its manifest agrees with, loads and scores, or is refused by name."""
    with tempfile.TemporaryDirectory() as above:
        directory = Path(above) / "v1"
        shutil.copytree(version(), directory)
        (directory / name).write_bytes(content)
        if name != MANIFEST:
            manifest = files.read_json(directory / MANIFEST)
            files.write_json(directory / MANIFEST, manifest | {name: files.sha256_of(directory / name)})
        try:
            loaded = SpamClassifier.load(directory)
        except CheckpointError:
            return
        with suppress(ArithmeticError):  # what it computes is no number; the worker then asks for another version
            for answer in loaded.try_score(["Win cash now", "see you at ten"]):
                assert isinstance(answer, TextError) or 0 <= answer <= 1, answer


def with_setting(name: str, value: str) -> None:
    """A setting with that value is taken, or refused in a sentence that names it."""
    with environment(name, value):
        refusals = [refusal(kind) for kind in settings.CLASSES]
    assert [words for words in refusals if words and "HAMLET_" not in words] == []


@contextmanager
def environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


def refusal(kind: type[BaseSettings]) -> str:
    """The sentence with which these settings are refused, or "" where they are taken."""
    try:
        kind()
    except ValidationError as error:
        return entry_point.settings_refusal(error)
    return ""


def version_file(content: bytes) -> None:
    if content:
        with_part(PARTS[content[0] % len(PARTS)], content[1:])


def setting(content: bytes) -> None:
    """No variable of an environment holds a zero byte, or bytes that are no text."""
    value = content[1:].decode("utf-8", "replace").replace("\0", "")
    if content:
        with_setting(SETTINGS[content[0] % len(SETTINGS)], value)


def api_body(content: bytes) -> None:
    """Any body is answered without an error of ours."""
    if not content:
        return
    path = PATHS[content[0] % len(PATHS)]
    kind = "application/json" if path in JSON_PATHS else "text/plain"
    assert program().send(path, content[1:], kind).status_code < 500, path
