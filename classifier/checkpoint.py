"""One directory for each model version, which explains itself and is loaded strictly or not at all.

trunk.safetensors   embedding and frozen blocks, fp32 (a hard link where versions share it)
head.safetensors    trained blocks, norm and classes, and the probe if there is one, fp32
wide.safetensors    the n-gram model: rarities and weights of its buckets, fp32 (absent in a version of the GPT alone)
encoder.*           the sentence encoder, three files (encoder/stored.py; absent in a version without one; hard links)
encoder_head.safetensors   the network that reads spam off the encoder's vectors (absent with the encoder)
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
from typing import Any

from safetensors import SafetensorError
from safetensors import numpy as arrays
from safetensors.torch import save_file

from classifier import files, resident_memory
from classifier.blend import Blend
from classifier.encoder import stored
from classifier.encoder.head import EncoderHead, ReadOut
from classifier.encoder.stored import Encoder
from classifier.errors import CheckpointError
from classifier.files import ENCODER, ENCODER_HEAD, FILES, MANIFEST, NGRAM_MODEL, read_json, sha256_of, write_json
from classifier.gpt.model import GPTConfig, SpamGPT, fill
from classifier.gpt.shape import require_plausible
from classifier.gpt.tokenizer import Tokenizer
from classifier.ngrams import NGramModel
from classifier.reading import FOLDED
from classifier.stated import as_declared
from classifier.thresholds import Thresholds

FORMATS = (1, 2, 3, 4, 5)  # 1 had no n-gram model, 2 no probe, 3 no encoder, 4 read it where it ends
PROBE = "probe."  # prefix of its weights' names


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a model version consists of: its parts, their sum, its thresholds and where it came from."""

    model: SpamGPT
    tokenizer: Tokenizer
    thresholds: Thresholds
    base_model: str
    ngram_model: NGramModel | None = None
    encoder: Encoder | None = None
    encoder_head: EncoderHead | None = None
    blend: Blend = field(default_factory=Blend)
    metrics: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError for an encoder without a head that reads it, or with one that does not fit."""
        if (self.encoder is None) != (self.encoder_head is None):
            raise ValueError("an encoder, and what reads its vectors, are there together or not at all")
        if self.encoder is not None and self.encoder_head is not None:
            self.encoder_head.require_fit(self.encoder.config)

    @property
    def manner(self) -> int:
        """How the encoder reads a text: as the version's n-grams do."""
        return self.ngram_model.ngrams.manner if self.ngram_model else FOLDED


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
    names = [*FILES, *_write_weights(checkpoint, directory)]
    write_json(directory / FILES[2], _config(checkpoint))
    checkpoint.tokenizer.save(directory / FILES[3])
    write_json(directory / FILES[4], checkpoint.metrics)
    write_json(directory / FILES[5], checkpoint.training)
    write_json(directory / MANIFEST, {name: sha256_of(directory / name) for name in names})
    for name in (*names, MANIFEST):
        files.sync(directory / name)


def _write_weights(checkpoint: Checkpoint, directory: Path) -> list[str]:
    """Every part's weights. Returns the names of the files that not every version has."""
    model, optional = checkpoint.model, list[str]()
    save_file({k: v.contiguous() for k, v in model.trunk.state_dict().items()}, directory / FILES[0])
    learned = model.head.state_dict()
    if model.probe is not None:
        learned |= {f"{PROBE}{name}": weight for name, weight in model.probe.state_dict().items()}
    save_file({k: v.contiguous() for k, v in learned.items()}, directory / FILES[1])
    if checkpoint.ngram_model is not None:
        arrays.save_file(checkpoint.ngram_model.arrays(), directory / NGRAM_MODEL)
        optional.append(NGRAM_MODEL)
    if checkpoint.encoder is not None:
        stored.save(checkpoint.encoder, directory)
        assert checkpoint.encoder_head is not None
        arrays.save_file(checkpoint.encoder_head.arrays(), directory / ENCODER_HEAD)
        optional += [*ENCODER, ENCODER_HEAD]
    return optional


def _config(checkpoint: Checkpoint) -> dict[str, Any]:
    model, ngram_model = checkpoint.model, checkpoint.ngram_model
    return {
        "format": FORMATS[-1],
        "base_model": checkpoint.base_model,
        "gpt": model.trunk.config.to_dict(),
        "frozen_blocks": len(model.trunk.blocks),
        "trained_blocks": len(model.head.blocks),
        "averages": model.head.averages,
        "probes": model.probe is not None,
        "thresholds": asdict(checkpoint.thresholds),
        "wide": ngram_model and {**asdict(ngram_model.ngrams), "bias": ngram_model.bias},
        "encoder": checkpoint.encoder and checkpoint.encoder.name,
        "encoder_read_out": checkpoint.encoder_head and asdict(checkpoint.encoder_head.read_out),
        "blend": asdict(checkpoint.blend),
    }


def load(directory: Path, registered: str | None = None) -> Checkpoint:
    """Read a model version, fp32. Raises CheckpointError unless the manifest is the `registered` one, every file is whole, and they agree."""
    try:
        files.verify(directory, registered)
        config = read_json(directory / FILES[2])
        if config["format"] not in FORMATS:
            raise ValueError(f"format {config['format']} is not one of {FORMATS}")
        return Checkpoint(
            model=_model(directory, config),
            tokenizer=_tokenizer(directory, config),
            thresholds=Thresholds.read(config["thresholds"]),
            base_model=str(config["base_model"]),
            ngram_model=_ngram_model(directory, config["wide"]) if config.get("wide") else None,
            encoder=stored.load(directory) if config.get("encoder") else None,
            encoder_head=_encoder_head(directory, config) if config.get("encoder") else None,
            blend=as_declared(Blend(**config.get("blend", {}))),
            metrics=read_json(directory / FILES[4]),
            training=read_json(directory / FILES[5]),
        )
    except Exception as error:  # whatever a file holds that somebody else may have written
        raise CheckpointError(directory, str(error) or type(error).__name__) from error


def _encoder_head(directory: Path, config: dict[str, Any]) -> EncoderHead:
    read_out = as_declared(ReadOut(**(config.get("encoder_read_out") or {})))
    return EncoderHead.of(arrays.load_file(directory / ENCODER_HEAD), read_out)


def _model(directory: Path, config: dict[str, Any]) -> SpamGPT:
    shape = as_declared(GPTConfig(**config["gpt"]))
    blocks = int(config["frozen_blocks"]), int(config["trained_blocks"])
    require_plausible(shape, *blocks)
    options = {name: bool(config.get(name, False)) for name in ("averages", "probes")}
    with resident_memory.Unfilled():
        model = SpamGPT(shape, *blocks, **options)
    fill(model.trunk, resident_memory.mapped(directory / FILES[0]), shape)
    learned = resident_memory.mapped(directory / FILES[1])
    of_probe = {name: learned.pop(name) for name in list(learned) if name.startswith(PROBE)}
    fill(model.head, learned, shape)
    if model.probe is not None:
        fill(model.probe, {name.removeprefix(PROBE): weight for name, weight in of_probe.items()}, shape)
    elif of_probe:
        raise ValueError(f"{FILES[1]} has a probe that {FILES[2]} does not mention")
    return model.eval()


def _ngram_model(directory: Path, about: dict[str, Any]) -> NGramModel:
    return NGramModel.of(arrays.load_file(directory / NGRAM_MODEL), about)


def _tokenizer(directory: Path, config: dict[str, Any]) -> Tokenizer:
    tokenizer = Tokenizer.load(directory / FILES[3])
    size = len(tokenizer.ranks) + len(tokenizer.special_tokens)
    if size > config["gpt"]["vocab_size"]:
        raise ValueError(f"the tokenizer has {size} tokens, the model {config['gpt']['vocab_size']}")
    tokenizer.require_usable(int(config["gpt"]["vocab_size"]))
    return tokenizer
