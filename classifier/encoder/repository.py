"""An encoder from a repository of the Hugging Face hub: BERT or XLM-RoBERTa with a Unigram tokenizer, in safetensors."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from classifier import resident_memory
from classifier.encoder.network import EncoderConfig
from classifier.encoder.quantised import CODES, SCALES, quantised
from classifier.encoder.stored import Encoder
from classifier.encoder.tokenizer import Specials, Vocabulary, model_of, require_room
from classifier.errors import PretrainedError
from classifier.files import read_json

KINDS = ("bert", "xlm-roberta")
PREFIXES = ("", "bert.", "roberta.")
LAYERS = {
    "attention.qkv": [f"attention.self.{part}" for part in ("query", "key", "value")],
    "attention.out": ["attention.output.dense"],
    "norm_attention": ["attention.output.LayerNorm"],
    "up": ["intermediate.dense"],
    "down": ["output.dense"],
    "norm_feed": ["output.LayerNorm"],
}


def read_repository(folder: Path, name: str) -> Encoder:
    """The encoder of a folder with config.json, tokenizer.json and model.safetensors. Raises PretrainedError for other kinds."""
    about, words = require_readable(folder, name)
    try:
        published = resident_memory.mapped(folder / "model.safetensors")
        first = words.specials.padding + 1 if about["model_type"] == "xlm-roberta" else 0
        weights = dict(_weights(published, int(about["num_hidden_layers"]), first))
        config = _config(about, weights)
        require_room(words, config.vocab_size)
        return Encoder(name, config, words, weights)
    except (OSError, ValueError, LookupError, TypeError, RuntimeError, SafetensorError) as error:
        raise PretrainedError(Path(name), f"it is no sentence encoder of a known kind ({error})") from error


def require_readable(folder: Path, name: str) -> tuple[dict[str, Any], Vocabulary]:
    """Config and vocabulary. Raises PretrainedError where they are of another kind."""
    try:
        about = read_json(folder / "config.json")
        if about.get("model_type") not in KINDS or about.get("hidden_act") != "gelu":
            kind = f"a {about.get('model_type')} with {about.get('hidden_act')}"
            raise ValueError(f"{kind} is not one of {', '.join(KINDS)} with gelu")
        return about, _vocabulary(read_json(folder / "tokenizer.json"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PretrainedError(Path(name), f"it is no sentence encoder of a known kind ({error})") from error


def _config(about: dict[str, Any], weights: dict[str, Tensor]) -> EncoderConfig:
    return EncoderConfig(
        vocab_size=len(weights[f"embedding.weight{CODES}"]),
        context_length=len(weights["position.weight"]),
        d_model=int(about["hidden_size"]),
        n_heads=int(about["num_attention_heads"]),
        n_blocks=int(about["num_hidden_layers"]),
        d_feed=int(about["intermediate_size"]),
        norm_eps=float(about["layer_norm_eps"]),
    )


def _vocabulary(about: dict[str, Any]) -> Vocabulary:
    if about["model"].get("type", "Unigram") != "Unigram":
        raise ValueError(f"its tokenizer is a {about['model']['type']} and not a Unigram")
    if about["model"].get("byte_fallback"):
        raise ValueError("its tokenizer falls back to bytes")
    pieces, scores = zip(*about["model"]["vocab"], strict=True)
    place = {piece: i for i, piece in enumerate(pieces[:16])}
    specials = Specials(place["<s>"], place["<pad>"], place["</s>"], place["<unk>"])
    return Vocabulary(model_of(pieces, scores, specials, _charsmap(about.get("normalizer") or {})), specials)


def _charsmap(normaliser: dict[str, Any]) -> bytes:
    """SentencePiece's own table of character replacements, from wherever it stands among the normalisers."""
    steps = normaliser.get("normalizers", [normaliser])
    return next(
        (base64.b64decode(step["precompiled_charsmap"]) for step in steps if "precompiled_charsmap" in step), b""
    )


def _weights(published: dict[str, Tensor], n_blocks: int, first_position: int) -> Iterator[tuple[str, Tensor]]:
    embedding = "embeddings.word_embeddings.weight"
    prefix = next((prefix for prefix in PREFIXES if prefix + embedding in published), "")

    def of(name: str) -> Tensor:
        return published[prefix + name].float()

    yield from _matrix("embedding.weight", of(embedding))
    kinds = of("embeddings.token_type_embeddings.weight")
    yield "position.weight", of("embeddings.position_embeddings.weight")[first_position:] + kinds[0]
    for part in ("weight", "bias"):
        yield f"norm.{part}", of(f"embeddings.LayerNorm.{part}")
    for n in range(n_blocks):
        for name, sources in LAYERS.items():
            joined = {
                part: torch.cat([of(f"encoder.layer.{n}.{source}.{part}") for source in sources])
                for part in ("weight", "bias")
            }
            yield f"blocks.{n}.{name}.bias", joined["bias"]
            if joined["weight"].dim() > 1:
                yield from _matrix(f"blocks.{n}.{name}.weight", joined["weight"])
            else:
                yield f"blocks.{n}.{name}.weight", joined["weight"]


def _matrix(name: str, weight: Tensor) -> Iterator[tuple[str, Tensor]]:
    codes, scales = quantised(weight)
    yield from ((name + CODES, codes), (name + SCALES, scales))
