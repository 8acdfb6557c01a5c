"""The cache of features: what comes out is what was put in, or nothing."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests import tiny
from training.fit import feature_cache
from training.fit.feature_cache import FeatureCache
from training.fit.features import Reader

TEXTS = ["win £££ now", "see you at home", "see you at home", "", "a" * 40]
WIDTH = 8


def states(length: int, seed: int = 0) -> Tensor:
    return torch.randn(length, WIDTH, generator=torch.Generator().manual_seed(seed)).half()


def key(n: int) -> bytes:
    return feature_cache.key("trunk", [n])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "features.sqlite"


@pytest.fixture
def cache(path: Path) -> FeatureCache:
    return FeatureCache(path, 10_000_000)


def test_what_was_put_in_comes_out(cache: FeatureCache) -> None:
    cache.put([(key(1), states(3)), (key(2), states(5))])
    cached = cache.get([key(1), key(2), key(3)], WIDTH)
    assert cached.keys() == {key(1), key(2)}
    assert torch.equal(cached[key(2)], states(5))


def test_the_key_hangs_on_the_trunk_and_on_every_token() -> None:
    keys = {feature_cache.key(trunk, ids) for trunk in ("a", "b") for ids in ([1, 2], [2, 1], [1], [258], [1, 2, 0])}
    assert len(keys) == 10


def test_a_damaged_entry_counts_as_absent(cache: FeatureCache, path: Path) -> None:
    cache.put([(key(1), states(3)), (key(2), states(5))])
    with sqlite3.connect(path) as database:
        blob = bytearray(database.execute("SELECT hidden FROM features WHERE key = ?", [key(1)]).fetchone()[0])
        blob[7] ^= 1
        database.execute("UPDATE features SET hidden = ? WHERE key = ?", [bytes(blob), key(1)])
    assert cache.get([key(1), key(2)], WIDTH).keys() == {key(2)}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_database_is_begun_anew(cache: FeatureCache, path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert cache.get([key(1)], WIDTH) == {}
    cache.put([(key(1), states(3))])
    assert key(1) in cache.get([key(1)], WIDTH)


def test_a_folder_that_cannot_be_written_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = FeatureCache(tmp_path / "file" / "features.sqlite", 1_000)
    cache.put([(key(1), states(3))])
    cache.trim()
    assert cache.get([key(1)], WIDTH) == {}


def test_the_longest_unused_goes_first(path: Path) -> None:
    cache = FeatureCache(path, 3 * 10 * WIDTH * 2)
    for n in range(4):
        cache.put([(key(n), states(10, n))])
    cache.get([key(0)], WIDTH)
    cache.trim()
    assert cache.get([key(n) for n in range(4)], WIDTH).keys() == {key(0), key(2), key(3)}


def test_what_no_run_has_read_for_a_month_goes_though_there_is_room(cache: FeatureCache, path: Path) -> None:
    cache.put([(key(n), states(3)) for n in range(2)])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE uses SET used_at = used_at - 31 * 86400 WHERE key = ?", (key(0),))
    cache.trim()
    assert set(cache.get([key(0), key(1)], WIDTH)) == {key(1)}


def test_the_file_gives_back_the_room_of_what_goes(path: Path) -> None:
    cache = FeatureCache(path, 100_000)
    cache.put([(key(n), states(4_000, n)) for n in range(20)])
    before = path.stat().st_size
    cache.trim()
    assert path.stat().st_size < before / 3


def test_writers_at_once_lose_nothing(cache: FeatureCache) -> None:
    def write(first: int) -> None:
        for n in range(first, first + 20):
            cache.put([(key(n), states(4, n))])

    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 10, 20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    cached = cache.get([key(n) for n in range(40)], WIDTH)
    assert all(torch.equal(cached[key(n)], states(4, n)) for n in range(40))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_warm_cache_gives_the_same_bits_as_a_cold_one(cache: FeatureCache, dtype: torch.dtype) -> None:
    base = tiny.base_model()
    alone = [Reader(base, 2, dtype, cache=None).read([text]).hidden[0] for text in TEXTS]
    for _ in ("cold", "warm"):
        hidden = Reader(base, 2, dtype, cache).read(TEXTS).hidden
        assert all(torch.equal(a, b) for a, b in zip(hidden, alone, strict=True))


def test_a_warm_cache_passes_nothing_through_the_trunk(cache: FeatureCache) -> None:
    base = tiny.base_model()
    Reader(base, 2, torch.float32, cache).read(TEXTS)
    reader, advances = Reader(base, 2, torch.float32, cache), list[int]()
    reader.trunk.forward = None  # type: ignore[assignment]  # would raise if it were asked
    assert reader.read(TEXTS, advances.append).lengths == [len(text.encode()) or 1 for text in TEXTS]
    assert sum(advances) == len(TEXTS)


def test_each_text_is_told_once_though_it_repeats(cache: FeatureCache) -> None:
    advances: list[int] = []
    Reader(tiny.base_model(), 2, torch.float32, cache).read(TEXTS, advances.append)
    assert sum(advances) == len(TEXTS)


def test_another_trunk_shares_nothing(cache: FeatureCache) -> None:
    first = Reader(tiny.base_model(seed=0), 2, torch.float32, cache).read(["hello"]).hidden[0]
    other = Reader(tiny.base_model(seed=1), 2, torch.float32, cache).read(["hello"]).hidden[0]
    assert not torch.equal(first, other)
