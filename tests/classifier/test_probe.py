"""The probe: what it reads of a text, and that a network, its serving form and its file all have it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from classifier import checkpoint
from classifier.checkpoint import CheckpointError
from classifier.gpt.serving import ServingGPT
from classifier.probe import Probe, pooled
from tests import tiny
from tests.classifier.checkpoints import rewrite


def test_it_reads_mean_last_and_largest_of_the_scaled_states() -> None:
    text = torch.tensor([[3.0, 4.0], [0.0, -2.0]])
    scaled = [[3 / 12.5**0.5, 4 / 12.5**0.5], [0.0, -(2**0.5)]]
    mean = [sum(column) / 2 for column in zip(*scaled, strict=True)]
    expected = [*mean, *scaled[1], scaled[0][0], scaled[0][1]]
    assert pooled([text])[0].tolist() == pytest.approx(expected, abs=1e-4)


def test_texts_of_other_lengths_change_nothing() -> None:
    torch.manual_seed(0)
    probe, texts = Probe(8), [torch.randn(n, 8) for n in (1, 5, 3)]
    with torch.inference_mode():
        together, alone = probe(texts), [probe([text]).item() for text in texts]
    assert together.shape == (3,)
    assert together.tolist() == pytest.approx(alone, abs=1e-6)


def test_it_moves_the_logit_of_spam_alone_in_both_forms() -> None:
    model, ids = tiny.checkpoint().model, [5, 77, 200, 13]
    assert model.probe is not None
    with torch.inference_mode():
        before = model(torch.tensor([ids]), torch.tensor([4]))
        model.probe.sum.bias += 2.0
        after = model(torch.tensor([[*ids, 0, 0]]), torch.tensor([4]))
    assert (after - before)[0].tolist() == pytest.approx([0.0, 2.0], abs=1e-5)
    assert (ServingGPT(model, torch.float32).logits([ids]) - after).abs().max() < 1e-5


def test_a_version_keeps_its_probe(tmp_path: Path) -> None:
    made = tiny.checkpoint()
    checkpoint.save(made, tmp_path / "v1")
    loaded = checkpoint.load(tmp_path / "v1").model.probe
    assert loaded is not None
    assert made.model.probe is not None
    assert torch.equal(loaded.sum.weight, made.model.probe.sum.weight)


@pytest.mark.parametrize("probes", [True, False])
def test_a_probe_that_files_disagree_about_is_refused(tmp_path: Path, probes: bool) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    if probes:
        head = load_file(tmp_path / "v1" / "head.safetensors")
        save_file({k: v for k, v in head.items() if not k.startswith("probe.")}, tmp_path / "v1" / "head.safetensors")
    rewrite(tmp_path / "v1", "config.json", lambda config: config.update(probes=probes))
    with pytest.raises(CheckpointError, match=r"probe|sum\.weight"):
        checkpoint.load(tmp_path / "v1")
