"""An encoder as it is kept, in the cache and in a model version alike: three files that agree, or none.

encoder.safetensors   weights, quantised (a hard link where versions share it)
encoder.model         SentencePiece's vocabulary
encoder.json          shape, special tokens, what characters become before they are tokenized
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from classifier import memory
from classifier.encoder.network import EncoderConfig
from classifier.encoder.tokenizer import Specials, UnigramTokenizer
from classifier.files import ENCODER, read_json, write_json


@dataclass(frozen=True)
class Encoder:
    """Shape, tokenizer, and weights as quantised.py has them."""

    name: str
    config: EncoderConfig
    tokenizer: UnigramTokenizer
    weights: dict[str, Tensor]


def save(encoder: Encoder, directory: Path) -> None:
    """Write the three files. Raises OSError."""
    save_file({name: weight.contiguous() for name, weight in encoder.weights.items()}, directory / ENCODER[0])
    (directory / ENCODER[1]).write_bytes(encoder.tokenizer.model)
    characters = {str(code): becomes for code, becomes in encoder.tokenizer.characters.items()}
    about = {
        "name": encoder.name,
        "shape": encoder.config.to_dict(),
        "specials": asdict(encoder.tokenizer.specials),
        "characters": characters,
    }
    write_json(directory / ENCODER[2], about)


def load(directory: Path) -> Encoder:
    """Read what `save` wrote, weights mapped. Raises OSError, ValueError, KeyError, TypeError or SafetensorError."""
    about = read_json(directory / ENCODER[2])
    characters = {int(code): str(becomes) for code, becomes in about["characters"].items()}
    model = (directory / ENCODER[1]).read_bytes()
    tokenizer = UnigramTokenizer(model, Specials(**about["specials"]), characters)
    weights = memory.mapped(directory / ENCODER[0])
    return Encoder(str(about["name"]), EncoderConfig(**about["shape"]), tokenizer, weights)
