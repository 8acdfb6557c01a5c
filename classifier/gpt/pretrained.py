"""Published base models in our own names, and how a GGUF file of the Llama family is read into them.

GGUF keeps the rows of q and k in the order that llama.cpp's interleaved rotation wants (pairs 2i, 2i+1);
our rotation pairs i with i + E/2, so those rows are reordered here, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from torch import Tensor

from classifier import resident_memory
from classifier.errors import PretrainedError
from classifier.gpt.model import GPTConfig, LanguageModel, Trunk, fill
from classifier.gpt.shape import require_plausible
from classifier.gpt.tokenizer import SMOLLM_PATTERN, Tokenizer, bytes_of_token

CONTROL_TOKEN = 3  # gguf's token_type of special tokens


@dataclass(frozen=True)
class BaseModel:
    """A published model in our own names: `weights` are LanguageModel's parameters, fp32."""

    name: str
    config: GPTConfig
    tokenizer: Tokenizer
    weights: dict[str, Tensor]

    def language_model(self) -> LanguageModel:
        """Every block with the output layer, for generating text. Shares the weights' memory."""
        with torch.device("meta"):
            model = LanguageModel(self.config)
        return fill(model, self.weights, self.config)

    def blocks(self, start: int, stop: int) -> dict[str, Tensor]:
        """Parameters of blocks start to stop - 1, numbered from 0, as `blocks.N.…`."""
        parameters = {}
        for i in range(start, stop):
            prefix = f"trunk.blocks.{i}."
            for key, value in self.weights.items():
                if key.startswith(prefix):
                    parameters[f"blocks.{i - start}.{key.removeprefix(prefix)}"] = value
        return parameters

    def trunk(self, n_blocks: int) -> Trunk:
        """Embedding and the first `n_blocks` blocks. Shares the weights' memory."""
        with resident_memory.Unfilled():
            trunk = Trunk(self.config, n_blocks)
        return fill(trunk, self._part("trunk.embedding.", "trunk.positions.") | self.blocks(0, n_blocks), self.config)

    def norm(self) -> dict[str, Tensor]:
        """Parameters of the final norm, as `norm.…`."""
        return self._part("norm.")

    def _part(self, *prefixes: str) -> dict[str, Tensor]:
        return {key.removeprefix("trunk."): value for key, value in self.weights.items() if key.startswith(prefixes)}


def read_gguf(path: Path, name: str) -> BaseModel:
    """Read and dequantise a Llama-family GGUF. Raises PretrainedError where it is damaged or of another kind."""
    try:
        reader = gguf.GGUFReader(path)
        config = _config(reader)
        require_plausible(config)
        return BaseModel(name, config, _tokenizer(reader), _weights(reader, config))
    except Exception as error:  # whatever a file holds that somebody else may have written
        raise PretrainedError(path, str(error) or type(error).__name__) from error


def _field(reader: gguf.GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    if field is None:
        raise KeyError(f"no field {key}")
    return field.contents()


def _config(reader: gguf.GGUFReader) -> GPTConfig:
    architecture = _field(reader, "general.architecture")
    if architecture != "llama":
        raise ValueError(f"architecture {architecture!r} is not of the Llama family")
    return GPTConfig(
        vocab_size=len(_field(reader, "tokenizer.ggml.tokens")),
        context_length=_field(reader, "llama.context_length"),
        n_blocks=_field(reader, "llama.block_count"),
        d_model=_field(reader, "llama.embedding_length"),
        n_heads=_field(reader, "llama.attention.head_count"),
        n_kv_heads=_field(reader, "llama.attention.head_count_kv"),
        d_ff=_field(reader, "llama.feed_forward_length"),
        rope_base=_field(reader, "llama.rope.freq_base"),
        norm_eps=float(np.float32(_field(reader, "llama.attention.layer_norm_rms_epsilon"))),
    )


def _tokenizer(reader: gguf.GGUFReader) -> Tokenizer:
    if (kind := _field(reader, "tokenizer.ggml.pre")) != "smollm":
        raise ValueError(f"pre-tokenizer {kind!r} is not known here")
    tokens: list[str] = _field(reader, "tokenizer.ggml.tokens")
    types: list[int] = _field(reader, "tokenizer.ggml.token_type")
    ranks = {bytes_of_token(token): i for i, token in enumerate(tokens) if types[i] != CONTROL_TOKEN}
    special = {token: i for i, token in enumerate(tokens) if types[i] == CONTROL_TOKEN}
    return Tokenizer(SMOLLM_PATTERN, ranks, special)


def _weights(reader: gguf.GGUFReader, config: GPTConfig) -> dict[str, Tensor]:
    arrays = {t.name: torch.from_numpy(dequantize(t.data, t.tensor_type).astype(np.float32)) for t in reader.tensors}
    weights = {"trunk.embedding.weight": arrays["token_embd.weight"], "norm.weight": arrays["output_norm.weight"]}
    for i in range(config.n_blocks):
        part = {name: arrays[f"blk.{i}.{name}.weight"] for name in _BLOCK_PARTS}
        q = _half_rotation(part["attn_q"], config.n_heads)
        k = _half_rotation(part["attn_k"], config.n_kv_heads)
        block = {
            "norm_attention.weight": part["attn_norm"],
            "attention.qkv.weight": torch.cat((q, k, part["attn_v"])),
            "attention.out.weight": part["attn_output"],
            "norm_mlp.weight": part["ffn_norm"],
            "mlp.gate_up.weight": torch.cat((part["ffn_gate"], part["ffn_up"])),
            "mlp.down.weight": part["ffn_down"],
        }
        weights |= {f"trunk.blocks.{i}.{key}": value for key, value in block.items()}
    return weights


_BLOCK_PARTS = (
    "attn_norm",
    "attn_q",
    "attn_k",
    "attn_v",
    "attn_output",
    "ffn_norm",
    "ffn_gate",
    "ffn_up",
    "ffn_down",
)


def _half_rotation(rows: Tensor, n_heads: int) -> Tensor:
    """Interleaved pairs back to halves: row 2i + s of each head becomes row s·E/2 + i."""
    width = rows.shape[1]
    return rows.view(n_heads, -1, 2, width).transpose(1, 2).reshape(-1, width)
