"""Matrix products whose weights are laid out once, at load, in the order in which the processor reads them.

Otherwise oneDNN reorders a weight in every call, and fp32 products go to a library that is slow on some processors.
Where PyTorch was built without oneDNN, plain products compute the same more slowly.
"""

from __future__ import annotations

import os
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

ROWS = 1_024  # rows that the layout is chosen for; other numbers of rows are as correct and nearly as fast
KERNELS = "32"  # shapes whose compiled kernels are kept; the default of 1,024 takes another 100 MB
FAST_BF16 = ("avx512_bf16", "amx_bf16", "arm_bf16", "bf16")  # any of these instructions
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


class Product:
    """x -> x @ weight.T + bias, in the type it was prepared for."""

    def __init__(self, weight: Tensor, dtype: torch.dtype, ahead: bool = True, bias: Tensor | None = None) -> None:
        """weight: (outputs, inputs) and bias: (outputs,), of any floating type; laid out `ahead` where that is possible."""
        self._bias = None if bias is None else bias.detach().to(dtype)
        weight = weight.detach().to(dtype).contiguous()
        self._packed = ahead and packs(dtype)
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight, ROWS) if self._packed else weight

    def __call__(self, x: Tensor) -> Tensor:
        """(N, inputs) -> (N, outputs)."""
        return self._unary(x, "none") if self._packed else F.linear(x, self._weight, self._bias)

    def silu(self, x: Tensor) -> Tensor:
        """SiLU of the product, taken before it is rounded."""
        return self._unary(x, "swish") if self._packed else F.silu(F.linear(x, self._weight, self._bias))

    def gelu(self, x: Tensor) -> Tensor:
        """GELU of the product, taken before it is rounded."""
        return self._unary(x, "gelu") if self._packed else F.gelu(F.linear(x, self._weight, self._bias))

    def times(self, x: Tensor, other: Tensor) -> Tensor:
        """The product times `other`, element by element, taken before it is rounded. other: (N, outputs)."""
        if not self._packed:
            return F.linear(x, self._weight, self._bias) * other
        product: Tensor = torch.ops.mkldnn._linear_pointwise(x, other, self._weight, self._bias, "mul")
        return product

    def _unary(self, x: Tensor, function: str) -> Tensor:
        product: Tensor = torch.ops.mkldnn._linear_pointwise(
            x, self._weight, self._bias, function, [], "none" if function == "gelu" else ""
        )
        return product


@cache
def packs(dtype: torch.dtype) -> bool:
    """Whether this PyTorch lays weights out ahead in that type, and computes the right products from it."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", KERNELS)  # read by oneDNN when it is first used
    x, weight = torch.linspace(-1, 1, 16).view(2, 8), torch.linspace(-2, 2, 32).view(4, 8)
    try:
        packed = torch.ops.mkldnn._reorder_linear_weight(weight.to(dtype), 2)
        made = torch.ops.mkldnn._linear_pointwise(x.to(dtype), packed, None, "swish", [], "")
        made = torch.ops.mkldnn._linear_pointwise(x.to(dtype), made, packed, None, "mul").float()
    except (AttributeError, RuntimeError):
        return False
    plain = F.linear(x, weight)
    return torch.allclose(made, F.silu(plain) * plain, rtol=0.05, atol=0.05)


def dtype_named(name: str) -> torch.dtype:
    """fp32, bf16, or the faster of them on this processor where the name is auto. Raises KeyError."""
    return fastest() if name == "auto" else DTYPES[name]


def name_of(dtype: torch.dtype) -> str:
    """fp32 or bf16."""
    return next(name for name, named in DTYPES.items() if named == dtype)


@cache
def fastest() -> torch.dtype:
    """bf16 where the processor has instructions for it, fp32 elsewhere: emulated bf16 is slower.

    Looked up rather than timed, so that a busy moment at the start decides nothing.
    """
    capabilities = torch.cpu.get_capabilities()
    return torch.bfloat16 if any(capabilities.get(name) for name in FAST_BF16) else torch.float32
