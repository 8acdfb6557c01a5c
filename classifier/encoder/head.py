"""Reading spam off an embedding: a network of one hidden layer, so small that a run fits it anew in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.encoder.network import EncoderConfig

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class ReadOut:
    """What an encoder is given, and where its vectors are read."""

    blocks: int | None = None  # after which the tokens' states are averaged; None: all
    prefixed: bool = True  # whether texts begin with the encoder's prefix, as it was trained


TO_THE_END = ReadOut()


@dataclass(frozen=True)
class EncoderHead:
    """Log-odds of spam from embeddings of width D, with H rectified units (Nair & Hinton, 2010)."""

    hidden: Vector  # (H, D)
    hidden_bias: Vector  # (H,)
    weights: Vector  # (H,)
    bias: float
    read_out: ReadOut = TO_THE_END

    def log_odds(self, embeddings: Vector) -> NDArray[np.float64]:
        """(B, D) -> (B,)."""
        units = np.maximum(embeddings @ self.hidden.T + self.hidden_bias, 0)
        return np.asarray(units @ self.weights + self.bias, dtype=np.float64)

    def require_fit(self, encoder: EncoderConfig) -> None:
        """Raises ValueError where vectors of that encoder cannot be read so."""
        width, blocks = self.hidden.shape[1], self.read_out.blocks
        if width != encoder.d_model:
            raise ValueError(f"the encoder's vectors have {encoder.d_model} numbers, what is read off them {width}")
        if blocks is not None and not 0 < blocks <= encoder.n_blocks:
            raise ValueError(f"the encoder has {encoder.n_blocks} blocks, and is read after {blocks}")

    def arrays(self) -> dict[str, Vector]:
        """What is stored, by name."""
        bias = np.asarray([self.bias], dtype=np.float32)
        return {"hidden": self.hidden, "hidden_bias": self.hidden_bias, "weights": self.weights, "bias": bias}

    @classmethod
    def of(cls, arrays: dict[str, Vector], read_out: ReadOut = TO_THE_END) -> EncoderHead:
        """The head of stored `arrays`. Raises KeyError or ValueError where they do not fit together."""
        hidden, bias = arrays["hidden"], arrays["hidden_bias"]
        if hidden.ndim != 2 or bias.shape != hidden.shape[:1] or arrays["weights"].shape != bias.shape:
            raise ValueError("the encoder's head has parts of different sizes")
        return cls(hidden, bias, arrays["weights"], float(arrays["bias"][0]), read_out)
