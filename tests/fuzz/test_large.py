"""Messages of a megabyte and bombs: refused or read in bounded memory."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import psutil
import pytest

from bot import adapter
from classifier.errors import TextError
from classifier.reading import SPELT, read
from classifier.spam import SpamClassifier
from cli.backup import reading as backups
from cli.backup.errors import NotABackup
from storage import formats
from storage.formats import LONGEST_TEXT, Format
from storage.lines import LineError
from tests import tiny
from tests.bot.given_updates import said
from tests.fuzz.test_settings_and_api import apps, engines, program, sqlite_address, sqlite_engine
from tests.review.api.program import Program

__all__ = ["apps", "engines", "program", "sqlite_address", "sqlite_engine"]

MEGABYTE = 1_000_000
TEXTS = {
    "letters": "a" * MEGABYTE,
    "words": "free cash " * (MEGABYTE // 10),
    "emoji": "😀" * (MEGABYTE // 4),
    "marks": "\u202ea" * (MEGABYTE // 4),
    "leet": "fr33 c4sh cl1ck " * (MEGABYTE // 16),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_megabyte_passes_the_adapter_whole(name: str) -> None:
    incoming = adapter.incoming(said(text=TEXTS[name]))
    assert incoming is not None
    assert incoming.text == TEXTS[name].strip("\n")


@pytest.mark.parametrize("name", TEXTS)
def test_a_megabyte_is_scored_or_refused_by_name(name: str) -> None:
    [answer] = SpamClassifier(tiny.checkpoint()).try_score([TEXTS[name]])
    assert isinstance(answer, TextError) or 0 <= answer <= 1


@pytest.mark.parametrize("name", TEXTS)
def test_a_megabyte_is_cut_into_tokens_and_put_together_again(name: str) -> None:
    tokenizer = tiny.tokenizer()
    assert tokenizer.decode(tokenizer.encode(TEXTS[name])) == TEXTS[name]


def test_a_megabyte_is_read_in_the_newest_manner() -> None:
    assert read(TEXTS["leet"], SPELT).startswith("free cash click")


def test_a_megabyte_is_refused_by_the_api_with_its_limit(program: Program) -> None:
    answer = program.post("/classify", text=TEXTS["letters"], deadline_ms=0)
    assert answer.status_code == 422
    assert f"{LONGEST_TEXT}" in answer.text


def test_a_body_beyond_the_limit_is_refused(program: Program) -> None:
    answer = program.client.post("/classify", content=b" " * 9 * MEGABYTE, headers={"content-type": "application/json"})
    assert answer.status_code == 413


def test_a_packed_body_is_not_unpacked(program: Program) -> None:
    bomb = gzip.compress(json.dumps({"text": "a" * 50 * MEGABYTE}).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert 400 <= program.client.post("/classify", content=bomb, headers=headers).status_code < 500


def test_a_sample_of_a_megabyte_is_refused_with_its_line() -> None:
    content = b"text,label\n" + b"a" * 2 * MEGABYTE + b",spam\nwin,spam\n"
    first, second = formats.read(Format.CSV, [content])
    assert isinstance(first, LineError)
    assert not isinstance(second, LineError)


def bomb(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """An archive of one member that says it is so long, and of that many zeros, packed."""
    header = tarfile.TarInfo(name)
    header.size, header.type = size, kind
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(size // MEGABYTE):
            file.write(bytes(MEGABYTE))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("models/v1/x", tarfile.REGTYPE),
        ("manifest.json", tarfile.REGTYPE),
        ("x", tarfile.XHDTYPE),
        ("x", tarfile.XGLTYPE),
        ("x", tarfile.GNUTYPE_LONGNAME),
    ],
    ids=["member", "manifest", "attributes", "global attributes", "long name"],
)
def test_a_packed_backup_of_zeros_is_refused_in_little_memory(tmp_path: Path, name: str, kind: bytes) -> None:
    """tarfile itself would read a header of any length into memory."""
    (tmp_path / "b.tar.gz").write_bytes(bomb(name, 400 * MEGABYTE, kind))
    before = psutil.Process().memory_info()
    Path("/proc/self/clear_refs").write_text("5")  # from now on the peak is that of what follows
    with pytest.raises(NotABackup):
        backups.verified(tmp_path / "b.tar.gz")
    assert peak() - before.rss < 200 * MEGABYTE


def peak() -> int:
    """The most memory that this process has had since its peak was forgotten."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
