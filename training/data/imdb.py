"""The Large Movie Review Dataset (Maas et al., 2011) as it is published: a folder or a .tar.gz of one text a file.

`aclImdb/{train,test}/{pos,neg}/*.txt`; positive is class 1. Nothing is unpacked: members are read in memory, so that no
name in an archive can lead out of a folder, and links are ignored.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from training.data.datasets import Example
from training.errors import DatasetError

REVIEW = re.compile(r"(?:^|/)(?:train|test)/(pos|neg)/[^/]+\.txt$")
LONGEST_BYTES = 1_000_000  # the longest review has 14 thousand


def holds(path: Path) -> bool:
    """Whether the path looks like this data set: a folder, or a compressed archive."""
    return path.is_dir() or path.name.lower().endswith((".tar.gz", ".tgz"))


def read(path: Path) -> list[Example]:
    """All labelled reviews, sorted by name. Raises DatasetError where there is none, or one is not text."""
    try:
        reviews = dict(_in_folder(path) if path.is_dir() else _in_archive(path))
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise DatasetError(path, None, f"cannot be read as an archive ({error}); download it again") from error
    if not reviews:
        raise DatasetError(path, None, "holds no aclImdb/train/pos/*.txt and the like; give the folder or its .tar.gz")
    return [_example(path, name, reviews[name]) for name in sorted(reviews)]


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*.txt"):
        if REVIEW.search(name := file.relative_to(folder).as_posix()) and file.is_file():
            yield name, file.read_bytes()[: LONGEST_BYTES + 1]


def _in_archive(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive, "r:gz") as opened:
        for member in opened:
            if member.isfile() and REVIEW.search(member.name) and (file := opened.extractfile(member)):
                yield member.name, file.read(LONGEST_BYTES + 1)


def _example(path: Path, name: str, content: bytes) -> Example:
    if len(content) > LONGEST_BYTES:
        raise DatasetError(path, None, f"{name} is longer than {LONGEST_BYTES:,} bytes, which is no review; remove it")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(path, None, f"{name} is not UTF-8 text ({error}); save it as UTF-8") from error
    if not text.strip():
        raise DatasetError(path, None, f"{name} is empty; remove it")
    match = REVIEW.search(name)
    return Example(text, match is not None and match[1] == "pos", "file")
