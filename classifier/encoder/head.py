"""Reading spam off an embedding: a network of one hidden layer, so small that a run fits it anew in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class EncoderHead:
    """Log-odds of spam from embeddings of width D, with H rectified units (Nair & Hinton, 2010)."""

    hidden: Vector  # (H, D)
    hidden_bias: Vector  # (H,)
    weights: Vector  # (H,)
    bias: float

    def log_odds(self, embeddings: Vector) -> NDArray[np.float64]:
        """(B, D) -> (B,)."""
        units = np.maximum(embeddings @ self.hidden.T + self.hidden_bias, 0)
        return np.asarray(units @ self.weights + self.bias, dtype=np.float64)

    def arrays(self) -> dict[str, Vector]:
        """What is stored, by name."""
        bias = np.asarray([self.bias], dtype=np.float32)
        return {"hidden": self.hidden, "hidden_bias": self.hidden_bias, "weights": self.weights, "bias": bias}

    @classmethod
    def of(cls, arrays: dict[str, Vector]) -> EncoderHead:
        """The head of stored `arrays`. Raises KeyError or ValueError where they do not fit together."""
        hidden, bias = arrays["hidden"], arrays["hidden_bias"]
        if hidden.ndim != 2 or bias.shape != hidden.shape[:1] or arrays["weights"].shape != bias.shape:
            raise ValueError("the encoder's head has parts of different sizes")
        return cls(hidden, bias, arrays["weights"], float(arrays["bias"][0]))
