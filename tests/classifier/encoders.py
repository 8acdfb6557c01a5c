"""A sentence encoder of random weights, small, with a vocabulary of single characters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from classifier.encoder.head import EncoderHead
from classifier.encoder.network import EncoderConfig, SentenceEncoder
from classifier.encoder.quantised import CODES, SCALES, quantised
from classifier.encoder.stored import Encoder
from classifier.encoder.tokenizer import Specials, Vocabulary, model_of

SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
LETTERS = [chr(code) for code in (*range(33, 127), *range(0x410, 0x450))]
PIECES = [*SPECIALS, "\u2581", *LETTERS]


def tiny_encoder(seed: int = 0) -> Encoder:
    """Hardly more than the mean of its characters' vectors: texts of like characters are alike."""
    torch.manual_seed(seed)
    config = EncoderConfig(len(PIECES), context_length=512, d_model=32, n_heads=2, n_blocks=2, d_feed=64)
    network = SentenceEncoder(config)
    vocabulary = Vocabulary(model_of(PIECES, [-float(i) for i in range(len(PIECES))], Specials()))
    return Encoder("tiny", config, vocabulary, dict(_weights(network)))


def _weights(network: SentenceEncoder) -> Iterator[tuple[str, Tensor]]:
    """As an encoder keeps them: matrices in codes and scales, the rest as it is."""
    for name, weight in network.state_dict().items():
        if weight.dim() > 1 and name != "position.weight":
            codes, scales = quantised(weight)
            yield from ((name + CODES, codes), (name + SCALES, scales))
        else:
            yield name, weight * 0.1 if name == "position.weight" else weight


def tiny_head(seed: int = 0) -> EncoderHead:
    """What reads the tiny encoder's vectors, at random."""
    chooser = np.random.default_rng(seed)
    hidden, bias, weights = (chooser.normal(0, 1, shape).astype(np.float32) for shape in ((6, 32), 6, 6))
    return EncoderHead(hidden, bias, weights, 0.25)
