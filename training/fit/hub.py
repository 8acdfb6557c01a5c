"""The Hugging Face hub: the files that a repository publishes, and downloading those that a model is read from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled, RepositoryNotFoundError

from training.errors import DownloadError

ABOUT = ("config.json", "tokenizer.json", "vocab.json", "merges.txt")
NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
REACH_SECONDS = 10.0


@dataclass(frozen=True)
class Repository:
    """A repository at one commit, and the sizes of its files in bytes."""

    name: str
    revision: str
    files: dict[str, int]

    @property
    def about(self) -> list[str]:
        """Config and tokenizer."""
        return [name for name in ABOUT if name in self.files]

    @property
    def weights(self) -> list[str]:
        """The safetensors files, and their index where there are several."""
        kinds = (".safetensors", ".safetensors.index.json")
        return [name for name in self.files if name.startswith("model") and "/" not in name and name.endswith(kinds)]

    @property
    def weights_bytes(self) -> int:
        """The size of all of them."""
        return sum(self.files[name] for name in self.weights)


def find(name: str, endpoint: str | None = None) -> Repository:
    """Ask the hub for the newest commit. Raises DownloadError where it is out of reach, unknown or without safetensors."""
    with _errors_of(name):
        answer = HfApi(endpoint=endpoint).model_info(name, files_metadata=True, timeout=REACH_SECONDS)
    repository = Repository(name, str(answer.sha), {file.rfilename: file.size or 0 for file in answer.siblings or []})
    if not repository.weights or "config.json" not in repository.files:
        raise DownloadError(f"{name} publishes no model.safetensors with a config.json; choose a repository that does")
    return repository


def download(repository: Repository, files: list[str], cache: Path, endpoint: str | None = None) -> Path:
    """The folder of those files; a broken download goes on where it stopped. Raises DownloadError."""
    with _errors_of(repository.name):
        paths = [
            hf_hub_download(repository.name, file, revision=repository.revision, cache_dir=cache, endpoint=endpoint)
            for file in files
        ]
    return Path(paths[0]).parent


@contextmanager
def _errors_of(name: str) -> Iterator[None]:
    """Raise errors of the hub as DownloadError, in one sentence with the remedy."""
    try:
        yield
    except GatedRepoError as error:
        raise DownloadError(
            f"{name} asks for consent first: give it on https://huggingface.co/{name}, set HF_TOKEN, run this again"
        ) from error
    except RepositoryNotFoundError as error:
        raise DownloadError(
            f"the Hugging Face hub has no model {name}, or not for you: check its spelling, or set HF_TOKEN"
        ) from error
    except OfflineModeIsEnabled as error:
        raise DownloadError(
            f"{name} is not in the cache and HF_HUB_OFFLINE is set: unset it and run this again"
        ) from error
    except Exception as error:  # the client lets its HTTP library's errors through, whichever library that is
        reason = " ".join(str(error).split())[:200]
        raise DownloadError(
            f"{name} could not be had from the Hugging Face hub ({reason}): check the network and run this again"
        ) from error
