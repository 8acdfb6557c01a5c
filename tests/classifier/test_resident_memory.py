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
    pages = resident_memory.pages_of(mapped)
    assert pages is not None
    pages.release()
    assert resident() < before - 15
    assert torch.equal(mapped, torch.arange(5 * MEGABYTE, dtype=torch.float32).view(-1, 100))


def test_it_is_known_what_lies_on_a_file_and_what_does_not(mapped: torch.Tensor) -> None:
    assert resident_memory.pages_of(mapped) == resident_memory.pages_of(mapped[100:])
    assert resident_memory.pages_of(mapped.clone()) is None
    assert resident_memory.all_pages([torch.zeros(3), mapped, mapped[7]]) == [resident_memory.pages_of(mapped)]


def test_nothing_of_the_file_stays_where_little_of_it_was_read(tmp_path: Path) -> None:
    save_file({f"part {n}": torch.arange(30_000.0) for n in range(40)}, tmp_path / "file.safetensors")
    parts = [*resident_memory.mapped(tmp_path / "file.safetensors").values()]
    before = resident()
    assert all(float(part.sum()) > 0 for part in parts)
    for pages in resident_memory.all_pages(parts):
        pages.release()
    assert resident() < before + 0.5  # each was read with its neighbours, 120 KB and some 60 around them


def test_of_one_heap_everything_that_threads_freed_can_be_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 20  # of several heaps some 160 stay
