"""The course on a tiny base model: each section says what it found, and what is saved is what is used."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from classifier.gpt.tokenizer import Tokenizer
from tests.training.course.given_course import BASE, DESIGN, RECIPE, SPLIT, TEXTS
from training.course import batches, recipe, split
from training.course.recipe import Course
from training.data import labelled_tables
from training.data.datasets import Example


class Quiet:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def begin(self, stage: str, total: int) -> None: ...

    def advance(self, amount: int, note: str = "") -> None: ...


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, list[str], tuple[float, ...]]:
    course = Course(BASE, SPLIT, tmp_path_factory.mktemp("course") / "new", DESIGN, replace(RECIPE, epochs=12))
    watcher = Quiet()
    return course, watcher.said, recipe.run(course, watcher)


def test_it_learns_and_tells_each_section(finished: tuple[Course, list[str], tuple[float, ...]]) -> None:
    course, sentences, accuracies = finished
    longest = max(len(example.text.encode()) for example in SPLIT.train)
    assert accuracies[0] >= 0.9
    assert sentences[0].startswith(
        f"Longest training text: {longest} tokens; every text is padded with end-of-text (id 256)"
    )
    assert sentences[1] == "Batches of 8: 3 training (what is left over dropped), 2 validation, 2 test"
    assert sum("goes on: " in sentence for sentence in sentences) == 2
    assert sum(sentence.startswith("Before fine-tuning") for sentence in sentences) == 1
    assert any(sentence.endswith(f"{12 * 24} examples seen") for sentence in sentences)
    assert len([sentence for sentence in sentences if "by the weights read back" in sentence]) == 2
    assert course.length == longest


def test_its_folder_holds_the_split_the_plots_and_the_weights(
    finished: tuple[Course, list[str], tuple[float, ...]],
) -> None:
    folder = finished[0].folder
    names = {"accuracy.svg", "loss.svg", "test.csv", "train.csv", "validation.csv", "weights.safetensors"}
    assert {path.name for path in folder.iterdir()} == names
    for name in ("loss.svg", "accuracy.svg"):
        assert ET.parse(folder / name).getroot().tag.endswith("svg")


def test_the_split_files_hold_the_split(finished: tuple[Course, list[str], tuple[float, ...]]) -> None:
    for name, side in zip(split.FILES, (SPLIT.train, SPLIT.validation, SPLIT.hold_out), strict=True):
        with (finished[0].folder / name).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [(row["Text"], row["Label"]) for row in rows] == [(e.text, str(int(e.is_spam))) for e in side]
    again = labelled_tables.read_labelled(finished[0].folder / "train.csv", "Text", "Label")
    assert [(e.text, e.is_spam) for e in again] == [(e.text, e.is_spam) for e in SPLIT.train]


def test_the_weights_read_back_give_the_same_answers(finished: tuple[Course, list[str], tuple[float, ...]]) -> None:
    course = finished[0]
    model = recipe.load(course, course.folder / recipe.WEIGHTS)
    right = sum(recipe.is_spam(course, model, example.text) == example.is_spam for example in SPLIT.hold_out)
    assert right / len(SPLIT.hold_out) == finished[2][2]


def test_the_classes_are_counted_as_pandas_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "sms"
    path.write_text('ham\tone\nspam\ttwo\nham\t"three\nham\tfour"\n')  # a quote that swallows a line
    assert split.class_counts(path) == (2, 1)
    assert split.balance(TEXTS) == (24, 24)


def test_the_length_comes_from_the_training_texts_alone() -> None:
    assert batches.longest(BASE.tokenizer, [Example("abc", True), Example("a", False)]) == 3
    side = batches.encode(BASE.tokenizer, [Example("abcdef", True), Example("a", False)], 3, 64)
    assert [ids.tolist() for ids in side.inputs] == [[97, 98, 99], [97, 256, 256]]
    assert (side.lengths.tolist(), side.labels.tolist()) == ([3, 3], [1, 0])


@pytest.mark.parametrize(("position", "read"), [("last", 5), ("first", 1), ("flexible", 2), ("mean", 5)])
def test_the_position_read(position: batches.Position, read: int) -> None:
    assert batches.encode(BASE.tokenizer, [Example("ab", True)], 5, 64, position).lengths.tolist() == [read]


@pytest.mark.parametrize(
    ("special", "expected"),
    [({"<s>": 1, "</s>": 2}, 2), ({"<|endoftext|>": 9, "<x>": 3}, 9), ({"<x>": 3, "<y>": 4}, 3), ({}, 0)],
)
def test_the_padding_is_the_token_that_ends_a_text(special: dict[str, int], expected: int) -> None:
    assert batches.end_of_text(Tokenizer("", {}, special)) == expected


def test_training_batches_are_whole_and_others_are_not() -> None:
    made = list(batches.shuffled(27, 8, torch.Generator().manual_seed(1)))
    assert [len(batch) for batch in made] == [8, 8, 8]
    assert len({i for batch in made for i in batch}) == 24
    assert [len(batch) for batch in batches.in_order(27, 8)] == [8, 8, 8, 3]
