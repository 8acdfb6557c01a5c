"""The course's 19 experiments. Where it takes larger GPT-2 models, more blocks of one base model are taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from classifier.gpt import products
from training.course.fitting import Recipe
from training.course.network import Design

Padding = Literal["longest", "context", "none"]

COURSE = Design()
CONTEXT = 1_024  # GPT-2's context, which the course pads to
DEPTHS = 4  # as many as GPT-2 has sizes


@dataclass(frozen=True)
class Quick:
    """How much of a row the quick run does, so that the row takes about three minutes on two cores at most."""

    share: float  # of each side's texts
    epochs: int


@dataclass(frozen=True)
class Row:
    """One line of the table. `depth` 0 is the design's own blocks, 3 the whole base model."""

    number: int
    what: str
    quick: Quick
    design: Design = COURSE
    depth: int = 0
    padding: Padding = "longest"
    batch_size: int = 8
    accumulated: int = 1
    ignored_target: int = -100

    def recipe(self, is_quick: bool) -> Recipe:
        """The course's recipe as this row changes it; the quick run has fewer epochs, in the fastest products."""
        own = Recipe(batch_size=self.batch_size, accumulated=self.accumulated, ignored_target=self.ignored_target)
        if not is_quick:
            return own
        return replace(own, epochs=self.quick.epochs, products=products.name_of(products.fastest()))


WHOLE, HALF = Quick(1, 5), Quick(1 / 2, 5)

ROWS = (
    Row(1, "last block, last token", WHOLE),
    Row(2, "first token instead", WHOLE, Design(position="first")),
    Row(3, "last layer alone", WHOLE, Design(trained="last layer")),
    Row(4, "last two blocks", Quick(1, 3), Design(trained="last two blocks")),
    Row(5, "all layers", Quick(1 / 4, 2), Design(trained="all")),
    Row(6, "last block of a third of the way deeper", HALF, depth=1),
    Row(7, "last block of two thirds of the way deeper", HALF, depth=2),
    Row(8, "last block of the whole base model", HALF, depth=3),
    Row(9, "all layers of the whole base model", Quick(1 / 8, 1), Design(trained="all"), depth=3),
    Row(10, "random weights, all layers", Quick(1 / 4, 2), Design(trained="all", pretrained=False)),
    Row(11, "LoRA, rank 16, alpha 16", Quick(1 / 4, 2), Design(trained="LoRA")),
    Row(12, "LoRA on the whole base model", Quick(1 / 8, 1), Design(trained="LoRA"), depth=3),
    Row(13, "padded to 1,024 tokens", Quick(1 / 12, 5), padding="context"),
    Row(14, "no padding, batch 1", HALF, padding="none", batch_size=1),
    Row(15, "no padding, batch 1, accumulated over 8", HALF, padding="none", batch_size=1, accumulated=8),
    Row(16, "last token before the padding", WHOLE, Design(position="flexible")),
    Row(17, "no causal mask", WHOLE, Design(causal=False)),
    Row(18, "padding ignored in the loss (no target is padding: row 1 again)", WHOLE, ignored_target=-1),
    Row(19, "mean of all positions", Quick(1, 3), Design(position="mean")),
)


def available(n_blocks: int, blocks: int) -> list[Row]:
    """The rows that a base model of `n_blocks` allows, beginning at `blocks`; deeper rows need deeper models."""
    first = min(blocks, n_blocks)
    depths = [first + (n_blocks - first) * i // (DEPTHS - 1) for i in range(DEPTHS)]
    return [
        replace(row, design=replace(row.design, blocks=depths[row.depth]))
        for row in ROWS
        if row.depth == 0 or depths[row.depth] > depths[row.depth - 1]
    ]


def chosen(rows: list[Row], numbers: str | None) -> list[Row]:
    """The rows that `1,3-5` names. Raises ValueError for anything else and for a row that is not there."""
    if numbers is None:
        return rows
    chosen_numbers: set[int] = set()
    for part in numbers.split(","):
        first, _, last = part.strip().partition("-")
        chosen_numbers |= set(range(int(first), int(last or first) + 1))
    if strangers := chosen_numbers - {row.number for row in rows}:
        raise ValueError(f"there is no row {', '.join(map(str, sorted(strangers)))}")
    return [row for row in rows if row.number in chosen_numbers]


def neighbours_together(rows: list[Row]) -> list[Row]:
    """The rows in the order to run them: those that read the same frozen outputs follow one another."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        first.setdefault(_reads(row), row.number)
    return sorted(rows, key=lambda row: (first[_reads(row)], row.number))


def _reads(row: Row) -> tuple[object, ...]:
    design = row.design
    return design.blocks, design.learning_blocks, design.causal, row.padding, row.quick.share
