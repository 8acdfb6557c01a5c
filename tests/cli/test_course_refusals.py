"""The course's commands refuse in one sentence what they cannot do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli.app import main
from tests import tiny
from training.fit import base_models


@pytest.fixture
def hamlet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """The command line, with a tiny base model in the cache."""
    folder = tmp_path / "cache" / "base-models" / "tiny"
    folder.mkdir(parents=True)
    base_models.store(tiny.base_model(), folder)
    monkeypatch.setenv("HAMLET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HAMLET_BASE_MODEL", "tiny")
    return monkeypatch


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("train", "--recipe", "cours"), "there is no recipe 'cours'; known: default, course"),
        (("train", "--recipe", "course", "--data", "a.csv"), "the course is about the SMS collection"),
        (("experiments", "--list", "--rows", "1-x"), "--rows 1-x: "),
        (("experiments", "--list", "--rows", "6", "--blocks", "2"), "there is no row 6"),
        (("generate", ""), "there is no text to go on with"),
        (("generate", "--base-model", "a/b/c"), "'a/b/c' is not a repository of the Hugging Face hub"),
        (("base-models", "fetch", "gpt5"), "there is no base model 'gpt5'"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    hamlet: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], reason: str
) -> None:
    hamlet.setattr(sys, "argv", ["hamlet", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    sentence = capsys.readouterr().err
    assert ended.value.code == 1
    assert reason in sentence
    assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("generate", "win", "--tokens", "3"), "win"),
        (("base-models", "list"), "tiny"),
        (("base-models", "fetch", "tiny"), "tiny: 3 blocks of width 32, 257 tokens"),
        (("experiments", "--list", "--blocks", "2"), "last block of the whole base model"),
    ],
)
def test_what_is_asked_is_shown(
    hamlet: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], shown: str
) -> None:
    hamlet.setattr(sys, "argv", ["hamlet", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)
    assert shown in capsys.readouterr().out
