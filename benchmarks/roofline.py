"""What share of the serving form's time its matrix products alone would take: 1 is the roofline."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import torch

from classifier.gpt import packing
from classifier.gpt.model import GPTConfig
from classifier.gpt.products import Product
from classifier.gpt.serving import ServingGPT
from classifier.spam import SpamClassifier

REPEATS = 5

Block = dict[str, Product]


def share(classifier: SpamClassifier, sequences: Sequence[list[int]]) -> float:
    """Seconds of the products of all blocks, divided by seconds of the whole network, taking turns on one batch.

    The products have the shapes, the type, the layout and the threads that they have in the network: all blocks' for
    every token, the last block's for the last tokens only where the network needs no more.
    """
    network = classifier._network
    if not isinstance(network, ServingGPT):
        raise SystemExit("hamlet: this network is served padded; the roofline is measured of the serving form")
    blocks = [_products(network._config, network._dtype) for _ in network._blocks]
    shares = []
    for _ in range(REPEATS):
        alone = _seconds_of_products(blocks, sequences, network)
        began = time.perf_counter()
        network.logits(sequences)
        shares.append(alone / (time.perf_counter() - began))
    return statistics.median(shares)


def _products(config: GPTConfig, dtype: torch.dtype) -> Block:
    shapes = {
        "qkv": (config.d_model + 2 * config.d_kv, config.d_model),
        "out": (config.d_model, config.d_model),
        "gate": (config.d_ff, config.d_model),
        "up": (config.d_ff, config.d_model),
        "down": (config.d_model, config.d_ff),
    }
    return {name: Product(torch.randn(shape) / 30, dtype) for name, shape in shapes.items()}


def _seconds_of_products(blocks: list[Block], sequences: Sequence[list[int]], network: ServingGPT) -> float:
    threads = torch.get_num_threads()
    lengths = [len(ids) for ids in sequences]
    sizes = [(sum(lengths[i] for i in chunk), len(chunk)) for chunk in packing.chunks(lengths, threads)]
    rows, widths = max(n for n, _ in sizes) + packing.TILE, (network._config.d_model, network._config.d_ff)
    inputs = {width: torch.randn(rows, width).to(network._dtype) for width in widths}
    began = time.perf_counter()
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as lanes:
        list(lanes.map(lambda size: _run(blocks, size[0], size[1], inputs), sizes))
    torch.set_num_threads(threads)
    return time.perf_counter() - began


@torch.inference_mode()
def _run(blocks: list[Block], tokens: int, texts: int, inputs: dict[int, torch.Tensor]) -> None:
    x, hidden = (inputs[width] for width in sorted(inputs))
    rows = -(-tokens // packing.TILE) * packing.TILE
    for i, block in enumerate(blocks):
        last = texts if i == len(blocks) - 1 else rows
        block["qkv"](x[:rows])
        block["out"](x[:last])
        block["gate"](x[:last])
        block["up"](x[:last])
        block["down"](hidden[:last])
