"""The course on a tiny base model: each section says what it found, and what is saved is what is used."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from classifier.gpt.tokenizer import Tokenizer
from tests import tiny
from training.course import batches, fitting, lora, network, recipe, split
from training.course.batches import Side
from training.course.fitting import Recipe
from training.course.network import Design, Trained
from training.course.recipe import Course
from training.data import labelled_tables
from training.data.datasets import Example, Split

BASE = tiny.base_model()
TEXTS = [Example(f"{'win £' if i % 2 else 'see you'} {'abcdefgh'[i % 8] * (i % 5)}", i % 2 == 1) for i in range(48)]
SPLIT = Split(TEXTS[:27], TEXTS[27:36], TEXTS[36:])
DESIGN = Design(blocks=3)
RECIPE = Recipe(epochs=2, learning_rate=3e-3, evaluate_every=2)


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
    course, said, found = finished
    longest = max(len(example.text.encode()) for example in SPLIT.train)
    assert found[0] >= 0.9
    assert said[0].startswith(
        f"Longest training text: {longest} tokens; every text is padded with end-of-text (id 256)"
    )
    assert said[1] == "Batches of 8: 3 training (what is left over dropped), 2 validation, 2 test"
    assert sum("goes on: " in sentence for sentence in said) == 2
    assert sum(sentence.startswith("Before fine-tuning") for sentence in said) == 1
    assert any(sentence.endswith(f"{12 * 24} examples seen") for sentence in said)
    assert len([sentence for sentence in said if "by the weights read back" in sentence]) == 2
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


@pytest.mark.parametrize(
    ("trained", "expected"),
    [
        ("last layer", {"head.classes"}),
        ("last block", {"head.blocks", "head.norm", "head.classes"}),
        ("last two blocks", {"head.blocks", "head.norm", "head.classes"}),
        ("all", {"trunk.embedding", "head.blocks", "head.norm", "head.classes"}),
    ],
)
def test_only_what_is_named_learns(trained: Trained, expected: set[str]) -> None:
    model = network.build(BASE, replace(DESIGN, trained=trained), seed=1)
    learning = {".".join(name.split(".")[:2]) for name, weights in model.named_parameters() if weights.requires_grad}
    assert learning == expected
    assert len(model.head.blocks) == {"last two blocks": 2, "all": 3}.get(trained, 1)


def test_random_weights_are_not_the_base_models() -> None:
    ours = network.build(BASE, replace(DESIGN, trained="all", pretrained=False), seed=1).state_dict()
    theirs = network.build(BASE, replace(DESIGN, trained="all"), seed=1).state_dict()
    assert torch.equal(theirs["trunk.embedding.weight"], BASE.weights["trunk.embedding.weight"])
    assert not torch.equal(ours["trunk.embedding.weight"], theirs["trunk.embedding.weight"])


def encoded(position: batches.Position = "last") -> Side:
    return batches.encode(BASE.tokenizer, SPLIT.train, 12, 64, position)


@pytest.mark.parametrize("position", ["last", "first", "flexible", "mean"])
@pytest.mark.parametrize("causal", [True, False])
def test_frozen_outputs_give_the_same_logits_as_the_whole_network(position: batches.Position, causal: bool) -> None:
    design, side = replace(DESIGN, position=position, causal=causal), encoded(position)
    model = network.build(BASE, design, seed=1).eval()
    known = network.through_frozen(model.trunk, side, torch.float32, lambda _: None)
    with torch.no_grad():
        whole, head = model(*side.batch(range(8))[:2]), model.head(*known.batch(range(8))[:2])
    torch.testing.assert_close(head, whole, atol=1e-5, rtol=1e-5)


def test_without_the_causal_mask_the_first_position_sees_the_text() -> None:
    seen = {}
    for causal in (True, False):
        model = network.build(BASE, replace(DESIGN, position="first", causal=causal), seed=1).eval()
        with torch.no_grad():
            one, other = model(torch.tensor([[1, 2, 3], [1, 5, 6]]), torch.tensor([1, 1]))
        seen[causal] = torch.allclose(one, other, atol=1e-6)
    assert seen == {True: True, False: False}


def test_the_mean_is_of_every_positions_logits() -> None:
    model = network.build(BASE, replace(DESIGN, position="mean"), seed=1).eval()
    ids = torch.randint(256, (2, 9))
    with torch.no_grad():
        x = model.trunk(ids)
        x = model.head.blocks[0](x, *model.head.tables(x))
        torch.testing.assert_close(model(ids, torch.tensor([9, 9])), model.head.classes(model.head.norm(x)).mean(1))


def changed(design: Design, made: Recipe = RECIPE) -> tuple[list[str], list[fitting.Step], Tensor]:
    """Names of the weights that a run changed, what it told, and its class weights."""
    model = network.build(BASE, design, seed=1)
    before = {name: weights.detach().clone() for name, weights in model.named_parameters()}
    side = encoded(design.position)
    learner = network.learner(model, design)
    known = (
        network.through_frozen(model.trunk, side, torch.float32, lambda _: None) if design.has_frozen_trunk else side
    )
    told = list(fitting.fit(learner, known, known, made))
    names = [name for name, weights in model.named_parameters() if not torch.equal(weights, before[name])]
    return names, told, next(weights for name, weights in model.named_parameters() if "classes" in name).detach()


def test_a_run_changes_what_learns_and_nothing_else() -> None:
    names, _, _ = changed(replace(DESIGN, trained="last layer"))
    assert names == ["head.classes.weight", "head.classes.bias"]


def test_low_rank_updates_begin_as_nothing_and_learn_alone() -> None:
    design = replace(DESIGN, trained="LoRA")
    plain, adapted = network.build(BASE, replace(DESIGN, trained="all"), 1), network.build(BASE, design, 1)
    ids, lengths = torch.randint(256, (2, 9)), torch.tensor([9, 9])
    with torch.no_grad():
        torch.testing.assert_close(adapted(ids, lengths), plain(ids, lengths))
    names, _, _ = changed(design)
    assert names
    assert all(name.endswith((".down", ".up")) for name in names)


def test_a_low_rank_update_is_alpha_times_both_matrices() -> None:
    frozen, x = torch.nn.Linear(6, 4), torch.randn(3, 6)
    layer = lora.LoRALinear(frozen, rank=2, alpha=16.0)
    torch.nn.init.normal_(layer.up)
    torch.testing.assert_close(layer(x), frozen(x) + x @ (16.0 * layer.down @ layer.up))


def test_losses_and_accuracies_are_told_as_the_course_does() -> None:
    _, told, _ = changed(DESIGN)
    assert [step.step for step in told] == list(range(6))
    assert [step.step for step in told if step.losses] == [0, 2, 4]
    assert [(step.step, step.epoch) for step in told if step.accuracies] == [(2, 1), (5, 2)]
    assert [step.examples_seen for step in told] == [8, 16, 24, 32, 40, 48]
    assert fitting.steps(27, RECIPE) == 6


def test_accumulated_gradients_equal_a_whole_batchs() -> None:
    """Eight texts one at a time are one step of eight, so long as the same texts come together."""
    few = replace(RECIPE, epochs=1, evaluate_every=1_000)
    one = changed(DESIGN, replace(few, batch_size=1, accumulated=27))[2]
    other = changed(DESIGN, replace(few, batch_size=27))[2]
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def test_a_run_is_the_same_each_time() -> None:
    assert torch.equal(changed(DESIGN)[2], changed(DESIGN)[2])
