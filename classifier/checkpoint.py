"""One directory per model version, which explains itself and is loaded strictly or not at all.

trunk.safetensors   embedding and frozen blocks, fp32 (a hard link where versions share it)
head.safetensors    trained blocks, norm and classes, and the probe if there is one, fp32
wide.safetensors    rarities and weights of the n-grams' buckets, fp32 (absent in a version of the GPT alone)
encoder.*           the sentence encoder, three files (encoder/stored.py; absent in a version without one; hard links)
encoder_head.safetensors   what is read off the encoder's vectors
config.json         shapes, base model, thresholds, how the parts are added up
tokenizer.json      pattern, ranks, special tokens
metrics.json        what the evaluation found
training.json       how it was made: recipe, seed, hash of its examples
manifest.json       sha256 of every file above
"""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from safetensors import SafetensorError
from safetensors import numpy as arrays
from safetensors.torch import save_file
from torch import Tensor, nn

from classifier import files, memory
from classifier.blend import Blend
from classifier.encoder import stored
from classifier.encoder.head import EncoderHead
from classifier.encoder.stored import Encoder
from classifier.errors import CheckpointError
from classifier.files import ENCODER, ENCODER_HEAD, FILES, MANIFEST, WIDE, read_json, sha256_of, verify, write_json
from classifier.model import GPTConfig, SpamGPT, rotary_tables
from classifier.tokenizer import Tokenizer
from classifier.wide import Wide

FORMATS = (1, 2, 3, 4)  # 1 had no wide half, 2 no probe, 3 no encoder
PROBE = "probe."  # what its weights' names begin with

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class Thresholds:
    """Where a version's scores begin to mean something, both chosen on validation data."""

    review: float  # is_spam begins here
    act: float  # acting without a moderator begins here, in a chat of ordinary strictness
    act_by_strictness: dict[str, float] = field(default_factory=dict)  # the same for each strictness a chat may choose
    by_chat: dict[str, Thresholds] = field(default_factory=dict)  # by a chat's row, where its own ham was measured

    def __post_init__(self) -> None:
        for act in (self.act, *self.act_by_strictness.values()):
            if not 0.0 <= self.review <= act <= 1.0:
                raise ValueError(f"thresholds must be 0 <= review <= act <= 1, not {self.review} and {act}")

    def of(self, chat_id: int) -> Thresholds:
        """Those of a chat: its own, or else everybody's."""
        return self.by_chat.get(str(chat_id), self)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Thresholds:
        """What asdict made of them. Raises ValueError or TypeError on anything else."""
        own = {chat: cls.read(found) for chat, found in stored.get("by_chat", {}).items()}
        return cls(**{**stored, "by_chat": own})

    def act_at(self, strictness: str) -> float:
        """Where acting begins in a chat of that strictness; the ordinary one's where this version knows no other."""
        return self.act_by_strictness.get(strictness, self.act)


@dataclass(frozen=True)
class Checkpoint:
    """Everything a model version is: the network, its tokenizer, its thresholds and where it came from."""

    model: SpamGPT
    tokenizer: Tokenizer
    thresholds: Thresholds
    base_model: str
    wide: Wide | None = None
    encoder: Encoder | None = None
    encoder_head: EncoderHead | None = None
    blend: Blend = field(default_factory=Blend)
    metrics: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError for an encoder without the head that reads it, or one of another width."""
        wide = None if self.encoder is None else self.encoder.config.d_model
        read = None if self.encoder_head is None else self.encoder_head.hidden.shape[1]
        if wide != read:
            raise ValueError(f"the encoder's vectors have {wide} numbers, what is read off them {read}")


def save(checkpoint: Checkpoint, directory: Path, shared_trunks: Path | None = None) -> None:
    """Write `directory` whole or not at all. A trunk already in `shared_trunks` is linked, not written again.

    Raises OSError (a full disk, say) and leaves nothing behind; FileExistsError where `directory` exists.
    """
    if directory.exists():
        raise FileExistsError(f"{directory} exists; a model version is never overwritten")
    partial = directory.with_name(f".{directory.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(checkpoint, partial)
        if shared_trunks is not None:
            for name in (FILES[0], ENCODER[0]):
                files.share(partial / name, shared_trunks)
        os.replace(partial, directory)
    except SafetensorError as error:  # how safetensors says that the disk is full
        raise OSError(f"{directory} could not be written: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(checkpoint: Checkpoint, directory: Path) -> None:
    model = checkpoint.model
    save_file({k: v.contiguous() for k, v in model.trunk.state_dict().items()}, directory / FILES[0])
    learned = model.head.state_dict()
    if model.probe is not None:
        learned |= {f"{PROBE}{name}": weight for name, weight in model.probe.state_dict().items()}
    save_file({k: v.contiguous() for k, v in learned.items()}, directory / FILES[1])
    names = list(FILES)
    if checkpoint.wide is not None:
        arrays.save_file(checkpoint.wide.arrays(), directory / WIDE)
        names.append(WIDE)
    if checkpoint.encoder is not None:
        stored.save(checkpoint.encoder, directory)
        assert checkpoint.encoder_head is not None
        arrays.save_file(checkpoint.encoder_head.arrays(), directory / ENCODER_HEAD)
        names += [*ENCODER, ENCODER_HEAD]
    config = {
        "format": FORMATS[-1],
        "base_model": checkpoint.base_model,
        "gpt": model.trunk.config.to_dict(),
        "frozen_blocks": len(model.trunk.blocks),
        "trained_blocks": len(model.head.blocks),
        "averages": model.head.averages,
        "probes": model.probe is not None,
        "thresholds": asdict(checkpoint.thresholds),
        "wide": checkpoint.wide and {**asdict(checkpoint.wide.ngrams), "bias": checkpoint.wide.bias},
        "encoder": checkpoint.encoder and checkpoint.encoder.name,
        "blend": asdict(checkpoint.blend),
    }
    write_json(directory / FILES[2], config)
    checkpoint.tokenizer.save(directory / FILES[3])
    write_json(directory / FILES[4], checkpoint.metrics)
    write_json(directory / FILES[5], checkpoint.training)
    write_json(directory / MANIFEST, {name: sha256_of(directory / name) for name in names})
    for name in (*names, MANIFEST):
        files.sync(directory / name)


def load(directory: Path) -> Checkpoint:
    """Read a model version, fp32. Raises CheckpointError unless every file is whole and they agree."""
    try:
        verify(directory)
        config = read_json(directory / FILES[2])
        if config["format"] not in FORMATS:
            raise ValueError(f"format {config['format']} is not one of {FORMATS}")
        return Checkpoint(
            model=_model(directory, config),
            tokenizer=_tokenizer(directory, config),
            thresholds=Thresholds.read(config["thresholds"]),
            base_model=str(config["base_model"]),
            wide=Wide.of(arrays.load_file(directory / WIDE), config["wide"]) if config.get("wide") else None,
            encoder=stored.load(directory) if config.get("encoder") else None,
            encoder_head=EncoderHead.of(arrays.load_file(directory / ENCODER_HEAD)) if config.get("encoder") else None,
            blend=Blend(**config.get("blend", {})),
            metrics=read_json(directory / FILES[4]),
            training=read_json(directory / FILES[5]),
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise CheckpointError(directory, str(error)) from error


def _model(directory: Path, config: dict[str, Any]) -> SpamGPT:
    shape = GPTConfig(**config["gpt"])
    blocks = int(config["frozen_blocks"]), int(config["trained_blocks"])
    with memory.Unfilled():
        parts = {name: bool(config.get(name, False)) for name in ("averages", "probes")}
        model = SpamGPT(shape, *blocks, **parts)
    fill(model.trunk, memory.mapped(directory / FILES[0]), shape)
    learned = memory.mapped(directory / FILES[1])
    of_probe = {name: learned.pop(name) for name in list(learned) if name.startswith(PROBE)}
    fill(model.head, learned, shape)
    if model.probe is not None:
        fill(model.probe, {name.removeprefix(PROBE): weight for name, weight in of_probe.items()}, shape)
    elif of_probe:
        raise ValueError(f"{FILES[1]} has a probe that {FILES[2]} does not know of")
    return model.eval()


def _tokenizer(directory: Path, config: dict[str, Any]) -> Tokenizer:
    tokenizer = Tokenizer.load(directory / FILES[3])
    known = len(tokenizer.ranks) + len(tokenizer.special_tokens)
    if known > config["gpt"]["vocab_size"]:
        raise ValueError(f"the tokenizer has {known} tokens, the model {config['gpt']['vocab_size']}")
    return tokenizer


def fill(module: M, weights: dict[str, Tensor], config: GPTConfig) -> M:
    """Give a module made without values its weights (shared, not copied) and its rotary tables."""
    module.load_state_dict(weights, strict=True, assign=True)
    cos, sin = rotary_tables(config)
    for part in module.modules():
        if "cos" in part._buffers:
            part._buffers["cos"], part._buffers["sin"] = cos, sin
    return module
