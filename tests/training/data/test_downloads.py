"""Fetching whole or not at all, from servers and archives of our own."""

from __future__ import annotations

import errno
import hashlib
import socket
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from training.data import downloads
from training.errors import DownloadError

BODY = b"the whole file"


class Answers(BaseHTTPRequestHandler):
    """/whole answers, /cut promises more than it sends, /moved leads to /whole, anything else is missing."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
            return
        self.send_response(200 if self.path in ("/whole", "/cut") else 404)
        self.send_header("Content-Length", str(len(BODY) + (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(BODY)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a file server on this machine."""
    with HTTPServer(("127.0.0.1", 0), Answers) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.mark.parametrize("path", ["whole", "moved"])
def test_a_file_is_downloaded(server: str, folder: Path, path: str) -> None:
    downloads.over_http(f"{server}/{path}", folder / "file")
    assert (folder / "file").read_bytes() == BODY


@pytest.mark.parametrize(("path", "reason"), [("missing", "404"), ("cut", "received 14 bytes, expected 15")])
def test_an_answer_that_is_not_the_file_is_refused(server: str, folder: Path, path: str, reason: str) -> None:
    with pytest.raises(DownloadError, match=f"{server}/{path} is out of reach .*{reason}"):
        downloads.over_http(f"{server}/{path}", folder / "file")


def test_a_server_out_of_reach_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DownloadError, match=f"http://127.0.0.1:{port}/file is out of reach"):
        downloads.over_http(f"http://127.0.0.1:{port}/file", folder / "file")


def test_too_little_room_is_refused_before_anything_begins(folder: Path) -> None:
    with pytest.raises(DownloadError, match=r"the model needs 1,000,000,000,000 MB .* HAMLET_CACHE"):
        need(folder / "cache", 10**18)
    assert list((folder / "cache").iterdir()) == []


def need(cache: Path, needed_bytes: int) -> None:
    with downloads.room(cache, needed_bytes, "the model"):
        pytest.fail("there is no such disk")


def test_the_temporary_folder_is_gone_afterwards(folder: Path) -> None:
    with downloads.room(folder / "cache", 1, "the model") as temporary:
        (temporary / "file").touch()
        assert temporary.parent == folder / "cache"
    assert list((folder / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(errno.ENOSPC, "No space left"), "the disk is full"), (PermissionError(13, "not yours"), "not yours")],
)
def test_a_disk_that_refuses_is_told_and_nothing_stays(folder: Path, error: OSError, reason: str) -> None:
    with pytest.raises(DownloadError, match=f"the model could not be stored in .*: .*{reason}"):
        fail_within(folder / "cache", error)
    assert list((folder / "cache").iterdir()) == []


def fail_within(cache: Path, error: OSError) -> None:
    with downloads.room(cache, 1, "the model") as temporary:
        (temporary / "file").touch()
        raise error


def test_a_cache_that_cannot_be_made_is_told(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(DownloadError, match="the model could not be stored"):
        need(folder / "file" / "cache", 1)


def test_a_file_with_the_right_hash_passes(folder: Path) -> None:
    (folder / "file").write_bytes(BODY)
    assert downloads.check(folder / "file", hashlib.sha256(BODY).hexdigest()) == folder / "file"


def test_a_file_with_another_hash_is_refused_by_name(folder: Path) -> None:
    (folder / "file").write_bytes(BODY[:-1])
    with pytest.raises(DownloadError, match="file is not the expected file"):
        downloads.check(folder / "file", hashlib.sha256(BODY).hexdigest())


@pytest.fixture
def archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "archive.zip", "w") as zipped:
        zipped.writestr("data/file", BODY)
    return folder / "archive.zip"


def test_a_member_is_unpacked(archive: Path, folder: Path) -> None:
    assert downloads.member(archive, "data/file", folder).read_bytes() == BODY


def test_a_missing_member_is_named(archive: Path, folder: Path) -> None:
    with pytest.raises(DownloadError, match=r"archive\.zip has no readable data/other"):
        downloads.member(archive, "data/other", folder)


@pytest.mark.parametrize("damaged", [b"", b"<html>", BODY.join([b"PK\x03\x04"] * 2)])
def test_an_archive_that_is_none_is_named(archive: Path, folder: Path, damaged: bytes) -> None:
    archive.write_bytes(damaged)
    with pytest.raises(DownloadError, match=r"archive\.zip has no readable data/file"):
        downloads.member(archive, "data/file", folder)


def test_a_member_with_a_flipped_bit_is_refused(archive: Path, folder: Path) -> None:
    archive.write_bytes(archive.read_bytes().replace(BODY, BODY.upper()))
    with pytest.raises(DownloadError, match="CRC"):
        downloads.member(archive, "data/file", folder)


@pytest.fixture
def index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip takes instead of the network. Holds greeting 1.0."""
    wheels = folder / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "greeting-1.0-py3-none-any.whl", "w") as zipped:
        zipped.writestr("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
        zipped.writestr(
            "greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        zipped.writestr("greeting-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


def test_a_pinned_wheel_is_downloaded(index: Path, folder: Path) -> None:
    (wheel,) = index.iterdir()
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert downloads.wheel("greeting==1.0", sha256, folder).read_bytes() == wheel.read_bytes()


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("requirement", ["greeting==1.0", "farewell==1.0"])
def test_a_wheel_of_another_hash_or_none_is_refused_by_name(folder: Path, requirement: str) -> None:
    with pytest.raises(DownloadError, match=f"pip could not download {requirement}: ERROR"):
        downloads.wheel(requirement, "0" * 64, folder)
