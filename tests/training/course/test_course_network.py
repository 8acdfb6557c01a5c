"""What of the network the course trains, and what its readings and updates compute."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.training.course.given_course import BASE, DESIGN, RECIPE, SPLIT
from training.course import batches, fitting, lora, network
from training.course.batches import Side
from training.course.fitting import Recipe
from training.course.network import Design, Trained


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
    features = network.through_frozen(model.trunk, side, torch.float32, lambda _: None)
    with torch.no_grad():
        whole, head = model(*side.batch(range(8))[:2]), model.head(*features.batch(range(8))[:2])
    torch.testing.assert_close(head, whole, atol=1e-5, rtol=1e-5)


def test_without_the_causal_mask_the_first_position_sees_the_text() -> None:
    is_alike = {}
    for causal in (True, False):
        model = network.build(BASE, replace(DESIGN, position="first", causal=causal), seed=1).eval()
        with torch.no_grad():
            one, other = model(torch.tensor([[1, 2, 3], [1, 5, 6]]), torch.tensor([1, 1]))
        is_alike[causal] = torch.allclose(one, other, atol=1e-6)
    assert is_alike == {True: True, False: False}


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
    features = (
        network.through_frozen(model.trunk, side, torch.float32, lambda _: None) if design.has_frozen_trunk else side
    )
    steps = list(fitting.fit(learner, features, features, made))
    names = [name for name, weights in model.named_parameters() if not torch.equal(weights, before[name])]
    return names, steps, next(weights for name, weights in model.named_parameters() if "classes" in name).detach()


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
    _, steps, _ = changed(DESIGN)
    assert [step.step for step in steps] == list(range(6))
    assert [step.step for step in steps if step.losses] == [0, 2, 4]
    assert [(step.step, step.epoch) for step in steps if step.accuracies] == [(2, 1), (5, 2)]
    assert [step.examples_seen for step in steps] == [8, 16, 24, 32, 40, 48]
    assert fitting.steps(27, RECIPE) == 6


def test_accumulated_gradients_equal_a_whole_batchs() -> None:
    """Eight texts one at a time are one step of eight, so long as the same texts come together."""
    few = replace(RECIPE, epochs=1, evaluate_every=1_000)
    one = changed(DESIGN, replace(few, batch_size=1, accumulated=27))[2]
    other = changed(DESIGN, replace(few, batch_size=27))[2]
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def test_a_run_is_the_same_each_time() -> None:
    assert torch.equal(changed(DESIGN)[2], changed(DESIGN)[2])
