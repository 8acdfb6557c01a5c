"""An encoder on disk, in the cache and in a model version alike: three files that agree, or none.

encoder.safetensors   weights, quantised (a hard link where versions share it)
encoder.model         SentencePiece's vocabulary
encoder.json          shape, special tokens, replacements of characters before they are tokenized
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from classifier import resident_memory
from classifier.encoder.network import EncoderConfig
from classifier.encoder.quantised import BLOCK, CODES, SCALES, width
from classifier.encoder.tokenizer import Specials, Vocabulary
from classifier.files import ENCODER, read_json, write_json
from classifier.stated import as_declared

Identity = tuple[tuple[int, ...], ...]  # device, inode, size and time of change of each file


@dataclass(frozen=True)
class Encoder:
    """Shape, vocabulary, and weights as in quantised.py. Raises ValueError where the weights are of another shape.

    Encoders of one `files` are the same; None where it was not read from any.
    """

    name: str
    config: EncoderConfig
    vocabulary: Vocabulary
    weights: dict[str, Tensor]
    files: Identity | None = None

    def __post_init__(self) -> None:
        for name, shape in self.config.shapes().items():
            if (actual := _shape(self.weights, name)) != shape:
                raise ValueError(f"{name} is of shape {actual}, not {shape}")


def _shape(weights: Mapping[str, Tensor], name: str) -> tuple[int, ...] | None:
    """The shape of a weight, quantised or not; None where it is missing, or its scales are not those of its codes."""
    if name in weights:
        return tuple(weights[name].shape)
    codes, scales = (weights.get(name + end) for end in (CODES, SCALES))
    if codes is None or scales is None or scales.shape != (len(codes), width(codes) // BLOCK):
        return None
    return len(codes), width(codes)


def save(encoder: Encoder, directory: Path) -> None:
    """Write the three files. Raises OSError."""
    save_file({name: weight.contiguous() for name, weight in encoder.weights.items()}, directory / ENCODER[0])
    (directory / ENCODER[1]).write_bytes(encoder.vocabulary.model)
    characters = {str(code): becomes for code, becomes in encoder.vocabulary.characters.items()}
    about = {
        "name": encoder.name,
        "shape": encoder.config.to_dict(),
        "specials": asdict(encoder.vocabulary.specials),
        "characters": characters,
    }
    write_json(directory / ENCODER[2], about)


def load(directory: Path) -> Encoder:
    """Read what `save` wrote, weights mapped. Raises OSError, ValueError, KeyError, TypeError or SafetensorError."""
    about = read_json(directory / ENCODER[2])
    characters = {int(code): str(becomes) for code, becomes in about["characters"].items()}
    model = (directory / ENCODER[1]).read_bytes()
    vocabulary = Vocabulary(model, as_declared(Specials(**about["specials"])), characters)
    weights = resident_memory.mapped(directory / ENCODER[0])
    shape = as_declared(EncoderConfig(**about["shape"]))
    return Encoder(str(about["name"]), shape, vocabulary, weights, _identity(directory))


def _identity(directory: Path) -> Identity:
    files = [(directory / name).stat() for name in ENCODER]
    return tuple((file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns) for file in files)
