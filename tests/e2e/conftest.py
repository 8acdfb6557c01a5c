"""First model versions, fine-tuned on few examples: from a tiny base model for most stories, from the real one for one."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import tiny
from tests.e2e.town import Town, running
from tests.processes import Processes
from training.fit import base_models

SPAM = "Congratulations {}! You won a FREE prize of £{}. Call 0906{} now to claim your cash"
HAM = "Hi {}, are we still on for dinner at {}? Bring the {} please, see you later"
NAMES = ("Ann", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon")


def write_examples(path: Path) -> None:
    """40 spam and 40 ham of two kinds that any fine-tuned model tells apart; few, for a run costs minutes on a busy machine.

    Each ends with words of its own: near-duplicates would all stand on one side of the split.
    """
    rows = ["text,label"]
    for i in range(40):
        word = f"{NAMES[i % 10]}{'abcdefgh'[i // 10]}"
        rows.append(f'"{SPAM.format(word, 100 + i, 1000 + i)} {_words(i)}",spam')
        rows.append(f'"{HAM.format(word, 1 + i % 9, word)} {_words(40 + i)}",ham')
    path.write_text("\n".join(rows) + "\n")


def _words(seed: int) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choice(letters) for letters in ("bdfgklmnprst", "aeiou") * 3) for _ in range(6))


def write_short_examples(path: Path) -> None:
    """400 spam and 400 ham of a few words each: enough that a calibration chosen on a tenth of them passes the gate."""
    rows = ["text,label"]
    for i in range(400):
        word = f"{NAMES[i % 10]}{'abcdefgh'[i // 10 % 8]}{'klmno'[i // 80]}"
        rows += [f"{word} won free cash,spam", f"dinner with {word} later,ham"]
    path.write_text("\n".join(rows) + "\n")


def tiny_settings(folder: Path) -> dict[str, str]:
    """Settings under which `hamlet train` starts from the tiny base model in this folder, without an encoder."""
    return {"HAMLET_CACHE": str(folder / "cache"), "HAMLET_BASE_MODEL": "tiny", "HAMLET_ENCODER": ""}


@pytest.fixture(scope="session")
def untrained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Examples and a tiny base model as deep as the recipe asks for. Copy it, do not use it."""
    folder = tmp_path_factory.mktemp("untrained")
    write_examples(folder / "examples.csv")
    cached = folder / "cache" / "base-models" / "tiny"
    cached.mkdir(parents=True)
    base_models.store(tiny.base_model(n_blocks=12), cached)
    return folder


@pytest.fixture(scope="session")
def trained_home(untrained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose v1 was made by `hamlet train --data` and `hamlet promote`. Copy it, do not use it."""
    folder = _copied(untrained_home, tmp_path_factory.mktemp("trained") / "home")
    make_first_version(folder, tiny_settings(folder))
    return folder


@pytest.fixture
def home_folder(trained_home: Path, tmp_path: Path) -> Path:
    """A copy of the trained home and its examples, for one story."""
    return _copied(trained_home, tmp_path / "story")


@pytest.fixture
def empty_home(untrained_home: Path, tmp_path: Path) -> Path:
    """The same before its first version."""
    return _copied(untrained_home, tmp_path / "story")


def make_first_version(folder: Path, settings: dict[str, str]) -> None:
    with Processes(folder, **settings) as processes:
        processes.hamlet("train", "--data", "examples.csv")
        processes.hamlet("promote")


def _copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to, copy_function=shutil.copy2))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One hamlet that runs for all stories that take a group of their own in it."""
    with running(tmp_path_factory.mktemp("town")) as found:
        yield found
