"""A tiny base model, a split and a recipe for the course's tests."""

from __future__ import annotations

from tests import tiny
from training.course.fitting import Recipe
from training.course.network import Design
from training.data.datasets import Example, Split

BASE = tiny.base_model()
TEXTS = [Example(f"{'win £' if i % 2 else 'see you'} {'abcdefgh'[i % 8] * (i % 5)}", i % 2 == 1) for i in range(48)]
SPLIT = Split(TEXTS[:27], TEXTS[27:36], TEXTS[36:])
DESIGN = Design(blocks=3)
RECIPE = Recipe(epochs=2, learning_rate=3e-3, evaluate_every=2)
