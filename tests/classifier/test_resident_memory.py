"""Memory that goes back to the system, and mapped pages that leave without being lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import save_file

from classifier import resident_memory

MEGABYTE = 1_000_000
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing of this is done")
THREADS = """
import sys, threading
import psutil, torch
from classifier import resident_memory
resident_memory.one_heap()
def work():
    torch.ones(8_000_000)  # from now on pieces of this size come from heaps
    pieces = [torch.ones(500_000) for _ in range(10)]
    pieces.clear()
work()
resident_memory.give_back()
before = psutil.Process().memory_info().rss
for _ in range(3):
    lanes = [threading.Thread(target=work) for _ in range(3)]
    [lane.start() for lane in lanes]
    [lane.join() for lane in lanes]
resident_memory.give_back()
print((psutil.Process().memory_info().rss - before) / 1e6)
"""


@pytest.fixture
def mapped(tmp_path: Path) -> torch.Tensor:
    """20 MB of numbers on a file's memory map, all of them read."""
    save_file({"rows": torch.arange(5 * MEGABYTE, dtype=torch.float32).view(-1, 100)}, tmp_path / "file.safetensors")
    rows = resident_memory.mapped(tmp_path / "file.safetensors")["rows"]
    assert float(rows.sum()) > 0
    return rows


def resident() -> float:
    return float(psutil.Process().memory_info().rss) / MEGABYTE


def test_pages_that_are_let_go_leave_the_process_and_come_back_when_read(mapped: torch.Tensor) -> None:
    before = resident()
    resident_memory.release_pages(mapped)
    assert resident() < before - 15
    assert torch.equal(mapped, torch.arange(5 * MEGABYTE, dtype=torch.float32).view(-1, 100))


def test_it_is_known_what_lies_on_a_file_and_what_does_not(mapped: torch.Tensor) -> None:
    assert resident_memory.is_mapped(mapped)
    assert resident_memory.is_mapped(mapped[100:])
    assert not resident_memory.is_mapped(mapped.clone())
    assert not resident_memory.is_mapped(torch.zeros(3))


def test_a_tensor_of_less_than_a_page_is_left_alone(mapped: torch.Tensor) -> None:
    row = mapped[7]
    resident_memory.release_pages(row)
    assert torch.equal(row, torch.arange(700, 800, dtype=torch.float32))


def test_of_one_heap_everything_that_threads_freed_can_be_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 20  # of several heaps some 160 stay
