"""Keeping a process small: memory that is never touched, and memory that is returned to the system."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safetensors import safe_open
from torch import Tensor
from torch.overrides import TorchFunctionMode

M_ARENA_MAX = -8  # of mallopt(3)


def give_back() -> None:
    """Return freed memory to the system at once, where glibc would keep it for later; elsewhere does nothing."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def one_heap() -> None:
    """Make all threads share one heap from now on: `give_back` cannot return the ends of the others that glibc makes.

    Short-lived threads allocate few, large pieces, so that they hardly wait for each other. Elsewhere does nothing.
    """
    option = _of_glibc("mallopt")
    if option is not None:
        option(M_ARENA_MAX, 1)


@cache
def _of_glibc(name: str) -> Any:
    try:
        return getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):  # not glibc
        return None


def mapped(path: Path) -> dict[str, Tensor]:
    """The file's tensors, each on a memory map of its own, so that dropping one returns its pages at once."""
    with safe_open(path, "pt") as file:
        names = list(file.keys())
    return {name: _mapped(path, name) for name in names}


def _mapped(path: Path, name: str) -> Tensor:
    with safe_open(path, "pt") as file:
        tensor: Tensor = file.get_tensor(name)
        return tensor


@dataclass(frozen=True)
class Pages:
    """A file's memory map in this process, from its first address to behind its last."""

    start: int
    end: int

    def release(self) -> None:
        """Drop the pages from this process; the system still has them and maps them again when they are read.

        Only where nothing on the map has been written to: that would be lost. The system maps some pages around those
        that are read, so that dropping a tensor's own would leave a part.
        """
        ctypes.CDLL(None).madvise(
            ctypes.c_void_p(self.start), ctypes.c_size_t(self.end - self.start), mmap.MADV_DONTNEED
        )


def pages_of(tensor: Tensor) -> Pages | None:
    """The file's memory map that the tensor lies on, according to Linux; None where there is none, and always elsewhere."""
    try:
        maps = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return None
    for line in maps:  # start-end permissions offset device inode path
        span, _, _, _, inode, *_ = line.split()
        start, end = (int(address, 16) for address in span.split("-"))
        if start <= tensor.data_ptr() < end:
            return Pages(start, end) if inode != "0" else None
    return None


def all_pages(tensors: Iterable[Tensor]) -> list[Pages]:
    """The maps that these tensors lie on, each once."""
    return list(dict.fromkeys(pages for tensor in tensors if (pages := pages_of(tensor)) is not None))


class Unfilled(TorchFunctionMode):
    """Modules made inside this context get no initial values, so that memory they are about to drop is never touched.

    The meta device would do the same, but its operations import 800 modules (65 MB resident, most of a second).
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return func(*args, **(kwargs or {}))
