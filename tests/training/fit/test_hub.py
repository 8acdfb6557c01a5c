"""Base models from a hub: found, downloaded, converted, used; or refused in a sentence with the remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from classifier.errors import PretrainedError
from classifier.gpt.safetensors_models import read_safetensors
from tests.classifier import published
from tests.training import hub_server
from training.errors import DownloadError
from training.fit import base_models, hub


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with a Llama in shards, a GPT-2, a model of another kind and one without safetensors."""
    made = tmp_path_factory.mktemp("hub")
    published.write(made / "some" / "llama-1.5", published.llama(), published.smollm_like(), max_shard_size="20KB")
    published.write(made / "openai-community" / "gpt2", published.gpt2(), published.gpt2_like())
    published.write(made / "some" / "other", published.gpt2(), published.gpt2_like())
    (made / "some" / "other" / "config.json").write_text('{"model_type": "mamba"}')
    (made / "some" / "pickles").mkdir()
    (made / "some" / "pickles" / "pytorch_model.bin").write_bytes(b"no")
    return made


@pytest.fixture
def endpoint(root: Path) -> Iterator[str]:
    with hub_server.serving(root) as address:
        yield address


def test_a_repository_is_found_and_its_files_are_had(endpoint: str, root: Path, tmp_path: Path) -> None:
    repository = hub.find("some/llama-1.5", endpoint)
    weights = sum(path.stat().st_size for path in (root / "some" / "llama-1.5").glob("*.safetensors"))
    assert (repository.name, repository.revision, repository.weights_bytes > weights) == (
        "some/llama-1.5",
        hub_server.REVISION,
        True,
    )
    hub.download(repository, repository.about, tmp_path, endpoint)
    folder = hub.download(repository, repository.weights, tmp_path, endpoint)
    ours, theirs = read_safetensors(folder, "a"), read_safetensors(root / "some" / "llama-1.5", "a")
    assert all(torch.equal(ours.weights[key], theirs.weights[key]) for key in theirs.weights)


def test_a_repository_that_is_not_there_is_told(endpoint: str) -> None:
    with pytest.raises(DownloadError, match="the Hugging Face hub has no model some/body, or not for you: check"):
        hub.find("some/body", endpoint)


def test_a_repository_without_safetensors_is_told(endpoint: str) -> None:
    with pytest.raises(DownloadError, match=r"some/pickles publishes no model\.safetensors .* choose"):
        hub.find("some/pickles", endpoint)


def test_a_hub_out_of_reach_is_told() -> None:
    with pytest.raises(DownloadError, match=r"could not be had from the Hugging Face hub .*: check the network"):
        hub.find("some/body", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    "name", ["../up", "a/../b", "a/b/c", "/etc", "a/", "a b/c", "a/b\n", ".", "..", "", "a\\b", "-x/y"]
)
def test_a_name_that_is_no_repository_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DownloadError, match=r"not a repository of the Hugging Face hub|there is no base model"):
        base_models.fetch(name, tmp_path / "cache", print)
    assert not (tmp_path / "cache").exists()


def test_a_folder_is_converted_and_read_from_the_cache(root: Path, tmp_path: Path) -> None:
    folder = base_models.folder_of("some/llama-1.5", tmp_path)
    folder.parent.mkdir(parents=True)
    base_models.convert_folder(root / "some" / "llama-1.5", "some/llama-1.5", folder, {"revision": "a"})
    assert folder.name == "some--llama-1.5"
    assert base_models.in_cache(tmp_path) == ["some/llama-1.5"]
    again = base_models.fetch("some/llama-1.5", tmp_path, print)
    theirs = read_safetensors(root / "some" / "llama-1.5", "some/llama-1.5")
    assert (again.name, again.config, again.tokenizer) == (theirs.name, theirs.config, theirs.tokenizer)


def test_another_kind_of_model_is_refused_with_the_remedy(root: Path) -> None:
    with pytest.raises(DownloadError, match=r"it is a mamba model.*`hamlet base-models list`"):
        base_models.require_readable(root / "some" / "other", "some/other")
    with pytest.raises(PretrainedError):
        read_safetensors(root / "some" / "other", "some/other")


def hamlet(home: Path, endpoint: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment = kept | {"HAMLET_CACHE": str(home / "cache"), "HAMLET_HOME": str(home), "HF_ENDPOINT": endpoint}
    command = [sys.executable, "-c", "from cli.app import main; main()", *arguments]
    root = Path(__file__).resolve().parents[3]
    return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=120)


@pytest.mark.processes
def test_two_processes_that_need_the_same_model_both_get_it(endpoint: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        arguments = (tmp_path, endpoint, "base-models", "fetch", "some/llama-1.5")
        answers = [pool.submit(hamlet, *arguments) for _ in range(2)]
    assert [answer.result().stderr for answer in answers if answer.result().returncode] == []
    assert base_models.in_cache(tmp_path / "cache") == ["some/llama-1.5"]


@pytest.mark.processes
def test_the_command_fetches_lists_and_generates(endpoint: str, tmp_path: Path) -> None:
    assert "2 blocks of width 32" in hamlet(tmp_path, endpoint, "base-models", "fetch", "some/llama-1.5").stdout
    assert "2 blocks of width 32" in hamlet(tmp_path, endpoint, "base-models", "fetch", "gpt2").stdout
    listed = hamlet(tmp_path, endpoint, "base-models", "list").stdout
    assert [line.split()[0] for line in listed.splitlines() if line.strip().endswith("yes")] == [
        "gpt2",
        "some/llama-1.5",
    ]
    made = hamlet(tmp_path, "http://127.0.0.1:9", "generate", "win now", "--base-model", "gpt2", "--tokens", "5")
    assert made.stdout.startswith("win now")
    assert sorted(path.name for path in (tmp_path / "cache" / "base-models").iterdir()) == ["gpt2", "some--llama-1.5"]


@pytest.mark.processes
def test_the_command_refuses_in_one_sentence(endpoint: str, tmp_path: Path) -> None:
    done = hamlet(tmp_path, endpoint, "base-models", "fetch", "some/other")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("hamlet: base model some/other cannot be read: it is a mamba model")
    assert "Traceback" not in done.stderr
