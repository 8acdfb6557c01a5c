"""Running the rows: each finished one is kept at once, so that an interrupted table goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from classifier.model import SpamGPT
from classifier.pretrained import BaseModel
from training.course import fitting, network
from training.course.batches import Side, encode, longest
from training.course.fitting import Recipe
from training.datasets import Split
from training.errors import TrainingError
from training.experiments.rows import CONTEXT, Row
from training.reporter import Reporter

KEPT_OUTPUTS = 1  # sets of frozen outputs in memory; rows that share one run after each other


@dataclass(frozen=True)
class Finished:
    """A row's figures. Seconds count the frozen blocks' pass even where an earlier row had made it."""

    row: int
    what: str
    base_model: str
    blocks: int
    setting: str
    accuracies: tuple[float, float, float]  # training, validation, test
    seconds: float
    key: str


@dataclass
class Bench:
    """What the rows share: the base model, the split, frozen outputs that the next row may want again."""

    base: BaseModel
    split: Split
    is_quick: bool
    reporter: Reporter
    outputs: dict[str, tuple[list[Side], float]] = field(default_factory=dict)

    def run(self, row: Row) -> Finished:
        """Train and measure one row."""
        recipe, began = row.recipe(self.is_quick), time.monotonic()
        model = network.build(self.base, row.design, recipe.seed)
        sides, spared = self._sides(row, model, recipe)
        learner = network.learner(model, row.design)
        self.reporter.begin(f"Row {row.number}: {row.what}", fitting.steps(len(sides[0]), recipe))
        for step in fitting.fit(learner, sides[0], sides[1], recipe):
            self.reporter.advance(1, "" if step.losses is None else f"loss {step.losses[0]:.3f}")
        train, validation, test = (fitting.accuracy(learner, side, recipe) for side in sides)
        seconds = time.monotonic() - began + spared
        setting = self._setting(sides, recipe)
        return Finished(
            row.number, row.what, self.base.name, row.design.blocks, setting, (train, validation, test),
            round(seconds, 1), self.key(row),
        )  # fmt: skip

    def key(self, row: Row) -> str:
        """What a kept row must agree with to stand for this one: every setting of it."""
        settings = [asdict(row), self.base.name, self.is_quick, asdict(row.recipe(self.is_quick))]
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]

    def _sides(self, row: Row, model: SpamGPT, recipe: Recipe) -> tuple[list[Side], float]:
        """Training, validation and test as the learner reads them, and the seconds an earlier row spent on them."""
        sides = self._encoded(row)
        if not row.design.has_frozen_trunk:
            return sides, 0.0
        same = f"{row.design.blocks - row.design.learning_blocks} {row.design.causal} {row.padding} {len(sides[0])}"
        spared = 0.0
        if same in self.outputs:
            spared = self.outputs[same][1]
        else:
            began = time.monotonic()
            known = [self._through(model, side, recipe, row) for side in sides]
            while len(self.outputs) >= KEPT_OUTPUTS:
                del self.outputs[next(iter(self.outputs))]
            self.outputs[same] = known, time.monotonic() - began
        known = self.outputs[same][0]
        return [Side(k.inputs, side.lengths, side.labels) for k, side in zip(known, sides, strict=True)], spared

    def _through(self, model: SpamGPT, side: Side, recipe: Recipe, row: Row) -> Side:
        frozen = len(model.trunk.blocks)
        self.reporter.begin(f"Row {row.number}: {len(side):,} texts through {frozen} frozen blocks", len(side))
        return network.through_frozen(model.trunk, side, recipe.dtype, self.reporter.advance)

    def _encoded(self, row: Row) -> list[Side]:
        tokenizer, limit = self.base.tokenizer, min(CONTEXT, self.base.config.context_length)
        whole = min(longest(tokenizer, self.split.train), limit)
        length = {"longest": whole, "context": limit, "none": None}[row.padding]
        share = row.quick.share if self.is_quick else 1.0
        sides = (self.split.train, self.split.validation, self.split.hold_out)
        parts = (side[: max(1, int(len(side) * share))] for side in sides)
        return [encode(tokenizer, part, length, limit, row.design.position) for part in parts]

    def _setting(self, sides: Sequence[Side], recipe: Recipe) -> str:
        texts = "/".join(f"{len(side):,}" for side in sides)
        epochs = f"{recipe.epochs} epoch{'' if recipe.epochs == 1 else 's'}"
        return f"{texts} texts, {epochs}, {recipe.products}"


class TableNotKept(TrainingError):
    def __init__(self, path: Path, reason: Exception) -> None:
        super().__init__(f"the finished rows in {path} cannot be used ({reason}); --fresh begins a new table")


def run(bench: Bench, rows: Sequence[Row], kept: Path) -> Iterator[tuple[Finished, bool]]:
    """Each row's figures in order, and whether they were kept from an earlier run. Raises TableNotKept."""
    known = {row.key: row for row in read(kept)}
    for row in rows:
        if (before := known.get(bench.key(row))) is not None:
            yield before, True
            continue
        done = bench.run(row)
        with kept.open("a") as file:
            file.write(json.dumps(asdict(done)) + "\n")
        yield done, False


def finished(bench: Bench, rows: Sequence[Row], kept: Path) -> list[Finished]:
    """Those of the rows that this run or earlier ones with the same settings finished, in their order."""
    known = {row.key: row for row in read(kept)}
    return [known[key] for key in map(bench.key, rows) if key in known]


def read(kept: Path) -> list[Finished]:
    """The rows that earlier runs finished; a last line cut off by a crash is left out. Raises TableNotKept."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        return []
    content = kept.read_text()
    whole = content[: content.rfind("\n") + 1]
    if whole != content:
        kept.write_text(whole)
    try:
        rows = [json.loads(line) for line in whole.splitlines()]
        return [Finished(**(row | {"accuracies": tuple(row["accuracies"])})) for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise TableNotKept(kept, error) from error
