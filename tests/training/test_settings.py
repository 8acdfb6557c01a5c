"""What training reads from the environment makes the recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.settings import TrainingSettings


def test_the_recipe_has_the_encoder_unless_told_otherwise() -> None:
    assert TrainingSettings(_env_file=None).recipe.encoder == "multilingual-e5-small"


@pytest.mark.parametrize("name", ["none", "None"])
def test_none_does_without_an_encoder(name: str) -> None:
    assert TrainingSettings(_env_file=None, encoder=name).recipe.encoder == ""


@pytest.mark.parametrize(
    ("environment", "file", "expected"),
    [
        ("", None, ""),
        (None, "HAMLET_ENCODER=\n", ""),
        ("", "HAMLET_ENCODER=some/other\n", ""),  # the environment wins
        ("some/other", "HAMLET_ENCODER=\n", "some/other"),
        (None, "HAMLET_BASE_MODEL=\n", "multilingual-e5-small"),
    ],
)
def test_an_empty_value_does_without_an_encoder(
    monkeypatch: pytest.MonkeyPatch, environment: str | None, file: str | None, expected: str
) -> None:
    if environment is not None:
        monkeypatch.setenv("HAMLET_ENCODER", environment)
    if file is not None:
        Path(".env").write_text(file)
    assert TrainingSettings().encoder == expected


def test_any_other_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_BASE_MODEL", "")
    assert TrainingSettings().base_model == "smollm2-135m"


def test_another_base_model_is_the_recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_BASE_MODEL", "gpt2")
    assert TrainingSettings(_env_file=None).recipe.base_model == "gpt2"
