"""The serving form of a network: prepared once from a SpamGPT, then as fast as its products are.

Texts lie end to end, (N, D), so no padding is multiplied. Products are in bf16 where the processor is fast at it, from
weights that are laid out ahead; in fp32 they read the weights where the file is mapped, which costs no time and keeps
most of the network out of the process's own memory. The residual stream, norms, rotations and softmax stay fp32. Where
the classes read nothing else, the last block computes last tokens only. The vocabulary stays on its memory map: only a
batch's rows are read. Threads share the texts, not the products (lanes.py).

Shapes: N tokens of all texts, B texts, T positions, D width, H query heads, K key-value heads, E = D / H.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from classifier import resident_memory
from classifier.gpt import lanes, packing
from classifier.gpt.model import GPTConfig, RMSNorm, SpamGPT, rotary_angles
from classifier.gpt.packing import Heads
from classifier.gpt.serving_block import ServingBlock, normed, weight_of

BLOCK_WEIGHTS = {
    f"{part}.weight"
    for part in ("norm_attention", "attention.qkv", "attention.out", "norm_mlp", "mlp.gate_up", "mlp.down")
}


class ServingGPT:
    """Token ids to logits, for a network of the Llama kind."""

    @lanes.one_thread()
    @torch.inference_mode()
    def __init__(self, model: SpamGPT, dtype: torch.dtype, release: bool = False) -> None:
        """Prepare for products in `dtype`. With `release` the model loses each weight as soon as it is prepared."""
        self._config, self._dtype = model.trunk.config, dtype
        self._turns = _turns(self._config)
        self._frozen = len(model.trunk.blocks)
        self._probe = copy.deepcopy(model.probe)  # numbers of a mapped file may lie unaligned, which changes rounding
        self._averages = model.head.averages
        norm = weight_of(model.head.norm)
        read = torch.cat((norm, norm)) if self._averages else norm  # multiplied into the product that follows
        self._classes = model.head.classes.weight.detach().float() * read.detach().float()
        self._bias = model.head.classes.bias.detach().clone()
        embedding = model.trunk.embedding.weight.detach()
        self._of_vocabulary = resident_memory.pages_of(embedding)
        self._embedding = embedding if self._of_vocabulary else embedding.to(dtype, copy=True)
        if release:
            model.trunk.embedding.to("meta")
        self._blocks = []
        for block in (*model.trunk.blocks, *model.head.blocks):
            self._blocks.append(ServingBlock(block, self._config, dtype))
            if release:
                block.to("meta")

    def rest(self) -> None:
        """Let go of the weights' pages until texts come again; the system still has them, unless it needs the room."""
        for block in self._blocks:
            block.rest()

    def logits(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        """Token ids of B texts, each of 1 to context_length tokens -> (B, 2) fp32, in the order of the texts."""
        for block in self._blocks:
            block.wake()
        logits = lanes.shared(sequences, self._logits, 2)
        if self._of_vocabulary:  # or all words of a year would stay in memory
            self._of_vocabulary.release()
        return logits

    @torch.inference_mode()
    def _logits(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        packed = packing.pack([len(ids) for ids in sequences], Heads(self._config.n_heads, self._config.n_kv_heads))
        ids = torch.tensor([token for ids in sequences for token in ids])
        ids = F.pad(ids, (0, len(packed.positions) - len(ids)))
        x = self._embedding[ids].to(self._dtype).float()  # (N, D)
        turns = self._turns[packed.positions]
        lengths, probed = [len(ids) for ids in sequences], torch.zeros(len(sequences))
        for n, block in enumerate(self._blocks):
            if n == self._frozen and self._probe is not None:
                probed = self._probe(torch.split(x[: sum(lengths)], lengths))
            if n < len(self._blocks) - 1:
                block.advance(x, packed, turns)
        if self._averages:
            self._blocks[-1].advance(x, packed, turns)
            states = _last_and_mean(normed(x, self._config), lengths)
        else:
            states = normed(self._blocks[-1].finish(x, packed, turns), self._config)
        return F.linear(states, self._classes, self._bias) + F.pad(probed[:, None], (1, 0))


def _last_and_mean(x: Tensor, lengths: list[int]) -> Tensor:
    """The last token's state of each text and the mean of all its tokens'. x: (N, D) -> (B, 2 D)."""
    texts = torch.split(x[: sum(lengths)], lengths)
    return torch.stack([torch.cat((text[-1], text.mean(0))) for text in texts])


def serves(model: SpamGPT) -> bool:
    """Whether the network consists of exactly the parts that this form has."""
    blocks = [*model.trunk.blocks, *model.head.blocks]
    outside = {name for name, _ in model.named_parameters() if ".blocks." not in name and not name.startswith("probe.")}
    norms = [model.head.norm, *(norm for block in blocks for norm in (block.norm_attention, block.norm_mlp))]
    return (
        model.trunk.config.causal
        and outside == {"trunk.embedding.weight", "head.norm.weight", "head.classes.weight", "head.classes.bias"}
        and all({name for name, _ in block.named_parameters()} == BLOCK_WEIGHTS for block in blocks)
        and all(isinstance(norm, RMSNorm) for norm in norms)
    )


def _turns(config: GPTConfig) -> Tensor:
    """Each position's angles as complex numbers of length 1: (context_length, 1, E / 2)."""
    angles = rotary_angles(config)
    return torch.polar(torch.ones_like(angles), angles).unsqueeze(1)
