"""Any labelled file: columns by name, Parquet, the IMDb archive; or a refusal that names what was found."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from training.data import labelled_files
from training.data.labelled_files import LabelledFile
from training.errors import DatasetError, OneClassAlone, TooFewExamples

TEXTS = [f"text {i}" for i in range(24)]


def parquet(path: Path, **columns: Any) -> Path:
    pd.DataFrame(columns).to_parquet(path)
    return path


def csv(path: Path, labels: list[str], header: str = "text,label") -> Path:
    path.write_text("\n".join([header, *(f"text {i},{label}" for i, label in enumerate(labels))]) + "\n")
    return path


def refusal(file: LabelledFile | Path, error: type[Exception] = DatasetError) -> str:
    with pytest.raises(error) as refused:
        labelled_files.read(file)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("spam", "ham"), [("spam", "ham"), (1, 0), (True, False), ("1", "0"), ("pos", "neg"), ("True", "FALSE")]
)
def test_parquet_is_read_with_any_spelling_of_two_classes(tmp_path: Path, spam: Any, ham: Any) -> None:
    path = parquet(tmp_path / "a.parquet", text=TEXTS, label=[spam, ham] * 12)
    examples = labelled_files.read(path)
    assert [example.text for example in examples] == TEXTS
    assert [example.is_spam for example in examples] == [True, False] * 12


@pytest.mark.parametrize("write", [parquet, None], ids=["parquet", "csv"])
def test_the_columns_are_named(tmp_path: Path, write: Callable[..., Path] | None) -> None:
    path = tmp_path / ("a.parquet" if write else "a.csv")
    if write:
        write(path, review=TEXTS, sentiment=["pos", "neg"] * 12)
    else:
        csv(path, ["pos", "neg"] * 12, "review,sentiment")
    assert len(labelled_files.read(LabelledFile(path, "review", "sentiment"))) == 24
    assert "column text and label is missing" in refusal(path)


def test_a_third_class_is_refused_with_the_classes_found(tmp_path: Path) -> None:
    reason = refusal(csv(tmp_path / "a.csv", ["spam", "ham", "promotion"] * 8))
    assert "label names 3 classes (spam, ham, promotion), and two can be told apart (spam, ham, 1, 0" in reason


def test_many_classes_are_not_all_named(tmp_path: Path) -> None:
    reason = refusal(parquet(tmp_path / "a.parquet", text=TEXTS, label=list(range(24))))
    assert "names 24 classes (0, 1, 2, 3, 4, 5, 6, 7, …)" in reason


def test_several_spellings_of_the_two_classes_are_two_classes(tmp_path: Path) -> None:
    assert len(labelled_files.read(csv(tmp_path / "a.csv", ["spam", "0", "true", "ham"] * 6))) == 24


def test_a_label_outside_the_set_is_refused_by_row(tmp_path: Path) -> None:
    reason = refusal(parquet(tmp_path / "a.parquet", text=TEXTS, label=["ham"] * 23 + ["Spam!"]))
    assert "line 24: label is 'Spam!', not one of spam, ham, 1, 0, true, false, pos, neg" in reason


@pytest.mark.parametrize("empty", ["", "  \n", None])
def test_an_empty_text_is_refused_by_row(tmp_path: Path, empty: str | None) -> None:
    path = parquet(tmp_path / "a.parquet", text=[*TEXTS[:23], empty], label=[1, 0] * 12)
    assert "line 24: text is missing or empty" in refusal(path)


def test_one_class_alone_is_refused(tmp_path: Path) -> None:
    reason = refusal(csv(tmp_path / "a.csv", ["ham"] * 24), OneClassAlone)
    assert reason.endswith("holds ham (class 0) alone; add examples of the other class")
    assert issubclass(OneClassAlone, TooFewExamples)


def test_fewer_than_twenty_examples_are_refused(tmp_path: Path) -> None:
    assert "holds 18 examples; at least 20 are needed: add more" in refusal(
        csv(tmp_path / "a.csv", ["spam", "ham"] * 9)
    )


@pytest.mark.parametrize("content", [None, b"", b"PAR1 no"])
def test_a_parquet_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.parquet").write_bytes(content)
    assert "cannot be read as Parquet" in refusal(tmp_path / "a.parquet")


REVIEWS = {
    f"aclImdb/{side}/{kind}/{i}_7.txt": f"{kind} film {i} of {side}".encode()
    for side in ("train", "test")
    for kind in ("pos", "neg")
    for i in range(6)
}
BESIDE = {
    "aclImdb/README": b"read me",
    "aclImdb/train/unsup/0_0.txt": b"unlabelled",
    "aclImdb/train/urls_pos.txt": b"url",
}


def folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def archive(path: Path, files: dict[str, bytes], links: tuple[tuple[str, str], ...] = ()) -> Path:
    with tarfile.open(path, "w:gz") as opened:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
        for name, target in links:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            opened.addfile(link)
    return path


def test_imdb_reads_the_same_from_its_folder_and_its_archive(tmp_path: Path) -> None:
    one = labelled_files.read(archive(tmp_path / "aclImdb_v1.tar.gz", REVIEWS | BESIDE))
    other = labelled_files.read(folder(tmp_path / "unpacked", REVIEWS | BESIDE))
    inner = labelled_files.read(tmp_path / "unpacked" / "aclImdb")
    assert one == other == inner
    assert len(one) == 24
    assert all(example.is_spam == example.text.startswith("pos") for example in one)


def test_names_and_links_that_lead_out_of_the_archive_touch_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    outside = {"../../../train/pos/out.txt": b"pos out", f"{tmp_path}/train/neg/absolute.txt": b"neg absolute"}
    path = archive(tmp_path / "a.tgz", REVIEWS | outside, (("aclImdb/train/pos/link.txt", str(secret)),))
    before = sorted(tmp_path.rglob("*"))
    assert "secret" not in [example.text for example in labelled_files.read(path)]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (BESIDE, "holds no aclImdb/train/pos"),
        (REVIEWS | {"aclImdb/test/pos/9_9.txt": b"  "}, r"aclImdb/test/pos/9_9.txt is empty"),
        (REVIEWS | {"aclImdb/test/pos/9_9.txt": b"\xff\xfe"}, "is not UTF-8 text"),
        (REVIEWS | {"aclImdb/test/pos/9_9.txt": b"a" * 1_000_001}, "is longer than 1,000,000 bytes"),
    ],
)
def test_an_imdb_archive_with_something_wrong_is_refused(tmp_path: Path, files: dict[str, bytes], reason: str) -> None:
    assert reason in refusal(archive(tmp_path / "a.tar.gz", files))
    assert reason in refusal(folder(tmp_path / "unpacked", files))


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar.gz", REVIEWS)
    path.write_bytes(path.read_bytes()[:200])
    assert "cannot be read as an archive" in refusal(path)
    path.write_bytes(b"not gzip")
    assert "cannot be read as an archive" in refusal(path)
