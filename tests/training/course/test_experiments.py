"""The course's table: every row runs on a tiny base model, and what is finished is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from classifier.gpt import products
from tests import tiny
from training.course.experiments import report, rows, table
from training.course.experiments.rows import ROWS, Quick, Row
from training.course.experiments.table import Bench, TableDamaged
from training.data.datasets import Example, Split

TEXTS = [Example(f"{'win £' if i % 2 else 'see you'} {'abcdefgh'[i % 8] * (i % 5)}", i % 2 == 1) for i in range(40)]
SPLIT = Split(TEXTS[:24], TEXTS[24:32], TEXTS[32:])
TINY = rows.available(n_blocks=3, blocks=2)

FASTEST = products.name_of(products.fastest())


class Quiet:
    """A reporter that keeps what began."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def say(self, sentence: str) -> None:
        self.begun.append(sentence)

    def begin(self, stage: str, total: int) -> None:
        self.begun.append(stage)

    def advance(self, amount: int, note: str = "") -> None: ...


def bench(is_quick: bool = True) -> Bench:
    return Bench(tiny.base_model(), SPLIT, is_quick, Quiet())


def of(number: int) -> Row:
    return next(row for row in TINY if row.number == number)


@pytest.mark.parametrize("row", TINY, ids=lambda row: f"{row.number}")
def test_every_row_runs(row: Row) -> None:
    finished = bench().run(replace(row, quick=Quick(1 / 2, 1)))
    assert all(0 <= accuracy <= 1 for accuracy in finished.accuracies)
    assert finished.setting == f"12/4/4 texts, 1 epoch, {FASTEST}"
    assert finished.blocks == (3 if row.depth else 2)


def test_there_are_as_many_rows_as_in_the_course() -> None:
    assert [row.number for row in ROWS] == list(range(1, 20))
    assert rows.available(n_blocks=30, blocks=12) != rows.available(n_blocks=30, blocks=6)
    assert sorted({row.design.blocks for row in rows.available(30, 12)}) == [12, 18, 24, 30]


def test_a_base_model_that_is_not_deeper_has_no_deeper_rows() -> None:
    assert {row.depth for row in rows.available(n_blocks=12, blocks=12)} == {0}
    assert [row.number for row in TINY if row.depth] == [8, 9, 12]


def test_rows_are_chosen_by_number_and_span() -> None:
    assert [row.number for row in rows.chosen(TINY, "1, 3-5")] == [1, 3, 4, 5]
    assert rows.chosen(TINY, None) == TINY


@pytest.mark.parametrize("numbers", ["6", "0", "x", "-1", "1,,2", ""])
def test_other_rows_are_refused(numbers: str) -> None:
    with pytest.raises(ValueError, match=r"no row|invalid literal"):
        rows.chosen(TINY, numbers)


def test_rows_that_read_the_same_outputs_follow_one_another() -> None:
    order = [row.number for row in rows.neighbours_together(rows.available(30, 12))]
    assert order[:6] == [1, 2, 3, 16, 18, 19]
    assert sorted(order) == list(range(1, 20))


def test_the_frozen_outputs_are_shared_and_their_time_is_counted() -> None:
    desk = bench()
    first, second = desk.run(of(1)), desk.run(of(18))
    assert first.accuracies == second.accuracies
    assert isinstance(desk.reporter, Quiet)
    assert len([stage for stage in desk.reporter.begun if "frozen" in stage]) == 3
    assert second.seconds >= round(next(iter(desk.outputs.values()))[1], 1)


def test_an_interrupted_table_goes_on_where_it_stopped(tmp_path: Path) -> None:
    kept, wanted = tmp_path / "new" / "rows.jsonl", [of(1), of(3)]
    first = next(table.run(bench(), wanted, kept))
    with kept.open("a") as file:
        file.write('{"row": 3, "acc')  # a crash in the middle of a line
    again = list(table.run(bench(), wanted, kept))
    assert [was_kept for _, was_kept in again] == [True, False]
    assert again[0][0] == first[0]
    assert [was_kept for _, was_kept in table.run(bench(), wanted, kept)] == [True, True]
    assert [done.row for done in table.finished(bench(), TINY, kept)] == [1, 3]
    assert table.finished(bench(is_quick=False), TINY, kept) == []


def test_a_row_of_other_settings_is_not_taken_for_this_one(tmp_path: Path) -> None:
    kept = tmp_path / "rows.jsonl"
    list(table.run(bench(), [of(3)], kept))
    assert [was_kept for _, was_kept in table.run(bench(is_quick=False), [replace(of(3), batch_size=4)], kept)] == [
        False
    ]


def test_a_damaged_table_is_refused_with_the_remedy(tmp_path: Path) -> None:
    kept = tmp_path / "rows.jsonl"
    kept.write_text('{"row": 1}\n')
    with pytest.raises(TableDamaged, match="--fresh"):
        table.read(kept)


def test_the_table_is_written_as_csv_and_markdown(tmp_path: Path) -> None:
    finished = bench().run(of(3))
    as_csv, as_markdown = report.write([finished], tmp_path)
    assert as_csv.read_text().splitlines()[0] == ",".join(f'"{h}"' if "," in h else h for h in report.HEADER)
    lines = as_markdown.read_text().splitlines()
    assert lines[0].startswith("| row | what changes |")
    assert lines[2].startswith(f"| 3 | last layer alone | 2 | 24/8/8 texts, 5 epochs, {FASTEST} |")
    assert json.dumps(report.cells(finished))
