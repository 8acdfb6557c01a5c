"""What keeps a process small: memory that is never touched, and memory that goes back to the system."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

from safetensors import safe_open
from torch import Tensor
from torch.overrides import TorchFunctionMode


def give_back() -> None:
    """Return freed memory to the system at once (glibc keeps it for later otherwise); elsewhere nothing happens."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # not glibc
        return None


def mapped(path: Path) -> dict[str, Tensor]:
    """The file's tensors, each on a memory map of its own, so that dropping one gives its pages back at once."""
    with safe_open(path, "pt") as file:
        names = list(file.keys())
    return {name: _mapped(path, name) for name in names}


def _mapped(path: Path, name: str) -> Tensor:
    with safe_open(path, "pt") as file:
        tensor: Tensor = file.get_tensor(name)
        return tensor


class Unfilled(TorchFunctionMode):
    """Modules made inside get no initial values, so that memory they are about to drop is never touched.

    The meta device would do the same, but its operations import 800 modules (65 MB resident, most of a second).
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return func(*args, **(kwargs or {}))
