"""A folder of the Hugging Face hub (config, tokenizer, safetensors in one file or in shards) as a base model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from classifier.errors import PretrainedError
from classifier.gpt.families import Family, family
from classifier.gpt.model import GPTConfig
from classifier.gpt.pretrained import BaseModel
from classifier.gpt.tokenizer import Tokenizer
from classifier.gpt.tokenizer_files import read_tokenizer

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
PREFIXES = ("transformer.", "model.")  # that a language model puts before its tensors' names
OUTPUT = "lm_head.weight"


def read_safetensors(folder: Path, name: str) -> BaseModel:
    """Read a downloaded folder, fp32. Raises PretrainedError where it is damaged or of an unknown kind."""
    with _refusing(name):
        kind, config, tokenizer = _shape(folder)
        with _Tensors(folder) as tensors:
            weights = kind.weights(tensors.read, config)
            if not config.tied:
                weights["output.weight"] = tensors.read(OUTPUT)
            tensors.require_all_read(kind.unread)
        base = BaseModel(name, config, tokenizer, weights)
        base.language_model()  # names and shapes agree, or RuntimeError
        return base


def require_supported(folder: Path, name: str) -> None:
    """Refuse a folder by its config and tokenizer alone, before its weights are downloaded. Raises PretrainedError."""
    with _refusing(name):
        _shape(folder)


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise PretrainedError(Path(name), f"{error} is missing") from error
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise PretrainedError(Path(name), str(error)) from error


def _shape(folder: Path) -> tuple[Family, GPTConfig, Tokenizer]:
    about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    kind = family(about)
    config, tokenizer = kind.config(about), read_tokenizer(folder)
    _require_room(config, [*tokenizer.ranks.values(), *tokenizer.special_tokens.values()])
    return kind, config, tokenizer


def _require_room(config: GPTConfig, ids: list[int]) -> None:
    if max(ids) >= config.vocab_size:
        raise ValueError(f"its tokenizer has the id {max(ids)}, its model {config.vocab_size} rows")


class _Tensors:
    """Open safetensors files, read by name; keeps track of the tensors that were not read."""

    def __init__(self, folder: Path) -> None:
        self._open, self._unread = ExitStack(), set[str]()
        self._file_of: dict[str, Any] = {}
        for path in _files(folder):
            file = self._open.enter_context(safe_open(path, "pt"))
            self._file_of |= dict.fromkeys(file.keys(), file)
        self._unread |= self._file_of.keys()

    def __enter__(self) -> _Tensors:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def read(self, name: str) -> Tensor:
        """The tensor, fp32. Raises KeyError."""
        full = next((p + name for p in ("", *PREFIXES) if p + name in self._file_of), name)
        self._unread.discard(full)
        tensor: Tensor = self._file_of[full].get_tensor(full)
        if not tensor.is_floating_point():
            raise ValueError(f"{full} holds {tensor.dtype}, not floating point")
        return tensor.to(torch.float32)

    def require_all_read(self, but: tuple[str, ...]) -> None:
        """Refuse a file with an unknown tensor; a tied output layer may be written twice."""
        if strangers := sorted(name for name in self._unread if not name.endswith(but) and name != OUTPUT):
            raise ValueError(f"it has {len(strangers)} tensors that are not known here, such as {strangers[0]}")


def _files(folder: Path) -> list[Path]:
    """The one file, or the shards that the index names, all of them inside the folder."""
    if not (folder / INDEX).is_file():
        return [folder / WEIGHTS]
    named = set(json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"].values())
    if strangers := [name for name in named if Path(name).name != name]:
        raise ValueError(f"its index names a file outside its folder: {strangers[0]}")
    return [folder / name for name in sorted(named)]
