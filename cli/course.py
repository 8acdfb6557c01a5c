"""`hamlet train --recipe course`: the course, run from the shell."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import torch
from rich.console import Console

from cli.errors import CommandError
from cli.progress import TerminalReporter
from storage.settings import StorageSettings
from training.course import recipe, split
from training.course.recipe import Course
from training.data import datasets, sms
from training.fit import base_models
from training.settings import TrainingSettings


def train(console: Console, blocks: int, out: Path | None, seed: int | None, data: Path | None) -> None:
    """Run sections 1 to 7 and print the result of each. Raises TrainingError."""
    if data is not None:
        raise CommandError("the course is about the SMS collection; leave out --data, or leave out --recipe course")
    settings, began = TrainingSettings(), time.monotonic()
    torch.set_num_threads(settings.training_threads)
    folder = out or StorageSettings().home.expanduser().resolve() / "course"
    with TerminalReporter(console) as reporter:
        base = base_models.fetch(settings.base_model, settings.cache, reporter.say)
        collection = sms.fetch(settings.cache, settings.datasets, reporter.say)
        ham, spam = split.class_counts(collection)
        course = Course(base, datasets.read_course(collection), folder)
        depth = min(blocks, base.config.n_blocks)
        course = replace(course, design=replace(course.design, blocks=depth))
        course = course if seed is None else replace(course, recipe=replace(course.recipe, seed=seed))
        reporter.say(f"{ham:,} ham, {spam:,} spam; balanced: {', '.join(_counts(course))}")
        reporter.say(
            f"The first {depth} of {base.name}'s {base.config.n_blocks} blocks (--blocks): more are slower and perform worse here"
        )
        recipe.run(course, reporter)
    console.print(
        f"\n{folder} holds the split, the plots and the weights; {time.monotonic() - began:.0f} s in all. "
        "No model version was registered: `hamlet train` makes those."
    )


def _counts(course: Course) -> list[str]:
    balances = [split.balance(side) for side in course.sides]
    return [f"{name} {ham} ham and {spam} spam" for name, (ham, spam) in zip(recipe.NAMES, balances, strict=True)]
