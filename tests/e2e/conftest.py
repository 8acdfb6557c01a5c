"""A first model version, fine-tuned for real on few examples, once for all stories."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.processes import Processes

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


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose v1 was made by `hamlet train --data` and `hamlet promote`. Copy it, do not use it."""
    folder = tmp_path_factory.mktemp("trained")
    write_examples(folder / "examples.csv")
    with Processes(folder) as processes:
        processes.hamlet("train", "--data", "examples.csv")
        processes.hamlet("promote")
    return folder


@pytest.fixture
def home_folder(trained_home: Path, tmp_path: Path) -> Path:
    """A copy of the trained home and its examples, for one story."""
    folder = tmp_path / "story"
    shutil.copytree(trained_home, folder, copy_function=shutil.copy2)
    return folder
