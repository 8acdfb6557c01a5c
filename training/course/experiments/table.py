"""Running the rows: each finished row is stored at once, so that an interrupted table goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from classifier.gpt.model import SpamGPT
from classifier.gpt.pretrained import BaseModel
from training.course import fitting, network
from training.course.batches import Side, encode, longest
from training.course.experiments.rows import CONTEXT, Row
from training.course.fitting import Recipe
from training.data.datasets import Split
from training.errors import TrainingError
from training.fit.progress import Reporter

KEPT_OUTPUTS = 1  # sets of frozen outputs in memory; rows that share a set run one after another


@dataclass(frozen=True)
class Finished:
    """A row's figures. The seconds include the frozen blocks' pass even where an earlier row computed it."""

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
    """What the rows share: the base model, the split, and frozen outputs that the next row may need again."""

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
            row=row.number,
            what=row.what,
            base_model=self.base.name,
            blocks=row.design.blocks,
            setting=setting,
            accuracies=(train, validation, test),
            seconds=round(seconds, 1),
            key=self.key(row),
        )

    def key(self, row: Row) -> str:
        """A hash of every setting of the row; a stored row of the same key stands for this one."""
        settings = [asdict(row), self.base.name, self.is_quick, asdict(row.recipe(self.is_quick))]
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]

    def _sides(self, row: Row, model: SpamGPT, recipe: Recipe) -> tuple[list[Side], float]:
        """Training, validation and test as the learner reads them, and the seconds that an earlier row spent on them."""
        sides = self._encoded(row)
        if not row.design.has_frozen_trunk:
            return sides, 0.0
        same = f"{row.design.blocks - row.design.learning_blocks} {row.design.causal} {row.padding} {len(sides[0])}"
        spared = 0.0
        if same in self.outputs:
            spared = self.outputs[same][1]
        else:
            began = time.monotonic()
            outputs = [self._through(model, side, recipe, row) for side in sides]
            while len(self.outputs) >= KEPT_OUTPUTS:
                del self.outputs[next(iter(self.outputs))]
            self.outputs[same] = outputs, time.monotonic() - began
        outputs = self.outputs[same][0]
        read = [Side(made.inputs, side.lengths, side.labels) for made, side in zip(outputs, sides, strict=True)]
        return read, spared

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


class TableDamaged(TrainingError):
    """The file of finished rows is damaged."""

    def __init__(self, path: Path, reason: Exception) -> None:
        super().__init__(f"the finished rows in {path} cannot be used ({reason}); --fresh begins a new table")


def run(bench: Bench, rows: Sequence[Row], path: Path) -> Iterator[tuple[Finished, bool]]:
    """Each row's figures in order, and whether an earlier run had stored them in `path`. Raises TableDamaged."""
    by_key = {row.key: row for row in read(path)}
    for row in rows:
        if (before := by_key.get(bench.key(row))) is not None:
            yield before, True
            continue
        done = bench.run(row)
        with path.open("a") as file:
            file.write(json.dumps(asdict(done)) + "\n")
        yield done, False


def finished(bench: Bench, rows: Sequence[Row], path: Path) -> list[Finished]:
    """The rows that this run or earlier ones with the same settings finished, in their order."""
    by_key = {row.key: row for row in read(path)}
    return [by_key[key] for key in map(bench.key, rows) if key in by_key]


def read(path: Path) -> list[Finished]:
    """The rows that earlier runs finished; a last line cut off by a crash is left out. Raises TableDamaged."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return []
    content = path.read_text()
    whole = content[: content.rfind("\n") + 1]
    if whole != content:
        path.write_text(whole)
    try:
        rows = [json.loads(line) for line in whole.splitlines()]
        return [Finished(**(row | {"accuracies": tuple(row["accuracies"])})) for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise TableDamaged(path, error) from error
