"""What training reads from the environment makes the recipe."""

from __future__ import annotations

import pytest

from training.settings import TrainingSettings


def test_the_recipe_has_the_encoder_unless_told_otherwise() -> None:
    assert TrainingSettings(_env_file=None).recipe.encoder == "multilingual-e5-small"


@pytest.mark.parametrize("name", ["none", "None"])
def test_none_does_without_an_encoder(name: str) -> None:
    assert TrainingSettings(_env_file=None, encoder=name).recipe.encoder == ""


def test_another_base_model_is_the_recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_BASE_MODEL", "gpt2")
    assert TrainingSettings(_env_file=None).recipe.base_model == "gpt2"
