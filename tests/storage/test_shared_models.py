"""Model versions at an address that all machines reach: published once, fetched whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from rich.console import Console

from cli import preparation
from storage.settings import StorageSettings
from storage.shared_models import ModelsUnreachable, SharedModels


def version(folder: Path, name: str, **files: str) -> Path:
    """A version's folder with these files and their manifest."""
    (folder / name).mkdir(parents=True)
    for file, content in files.items():
        (folder / name / file).write_text(content)
    manifest = {file: hashlib.sha256(content.encode()).hexdigest() for file, content in files.items()}
    (folder / name / "manifest.json").write_text(json.dumps(manifest))
    return folder / name


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"file://{tmp_path / 'shared'}"


@pytest.fixture
def one(tmp_path: Path, url: str) -> SharedModels:
    """A machine with a version."""
    version(tmp_path / "one", "v1", trunk="the base model", head="learned")
    return SharedModels(tmp_path / "one", url)


@pytest.fixture
def other(tmp_path: Path, url: str) -> SharedModels:
    return SharedModels(tmp_path / "other", url)


def objects(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "shared" / "objects").iterdir())


def test_what_one_machine_publishes_another_fetches(one: SharedModels, other: SharedModels) -> None:
    assert not other.has("v1")
    one.publish("v1")
    assert other.has("v1")
    folder = other.fetch("v1")
    assert (folder / "head").read_text() == "learned"
    assert (folder / "manifest.json").is_file()
    assert [path.name for path in other.folder.iterdir()] == ["v1"], "nothing half-fetched is left"


def test_files_that_versions_share_are_kept_and_fetched_once(
    tmp_path: Path, one: SharedModels, other: SharedModels
) -> None:
    version(one.folder, "v2", trunk="the base model", head="learned more")
    for name in ("v1", "v2", "v2"):
        one.publish(name)
    assert len(objects(tmp_path)) == 3
    assert other.fetch("v1").joinpath("trunk").samefile(other.fetch("v1") / "trunk")
    assert (other.fetch("v2") / "trunk").samefile(other.folder / "v1" / "trunk")


def test_a_withdrawn_version_takes_only_its_own_files_along(
    tmp_path: Path, one: SharedModels, other: SharedModels
) -> None:
    version(one.folder, "v2", trunk="the base model", head="learned more")
    one.publish("v1")
    one.publish("v2")
    one.withdraw("v1")
    one.withdraw("v1")
    assert len(objects(tmp_path)) == 2
    assert not other.has("v1")
    assert (other.fetch("v2") / "head").read_text() == "learned more"


def test_what_was_damaged_on_the_way_is_not_taken(tmp_path: Path, one: SharedModels, other: SharedModels) -> None:
    one.publish("v1")
    for path in objects(tmp_path):
        path.write_text("something else")
    with pytest.raises(ModelsUnreachable, match=r"v1 cannot be fetched .* is damaged there"):
        other.fetch("v1")
    assert list(other.folder.iterdir()) == []


def test_a_manifest_cannot_reach_other_folders(tmp_path: Path, one: SharedModels, other: SharedModels) -> None:
    one.publish("v1")
    listed = tmp_path / "shared" / "versions" / "v1.json"
    listed.write_text(json.dumps({f"../{name}": digest for name, digest in json.loads(listed.read_text()).items()}))
    with pytest.raises(ModelsUnreachable, match="names other folders"):
        other.fetch("v1")


@pytest.mark.parametrize("name", ["..", ".", ""])
def test_a_manifest_names_files_alone(tmp_path: Path, one: SharedModels, other: SharedModels, name: str) -> None:
    one.publish("v1")
    listed = tmp_path / "shared" / "versions" / "v1.json"
    listed.write_text(json.dumps({name: next(iter(json.loads(listed.read_text()).values()))}))
    with pytest.raises(ModelsUnreachable, match="names other folders"):
        other.fetch("v1")


@pytest.mark.parametrize("digest", ["../../victim.txt", "A" * 64, "0" * 63, "0" * 64 + "\n", 1, ["0" * 64], None])
@pytest.mark.parametrize("whose", ["v1", "v2"])
def test_what_is_no_hash_is_no_path(tmp_path: Path, one: SharedModels, whose: str, digest: object) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("somebody's")
    one.publish("v1")
    (tmp_path / "shared" / "versions" / f"{whose}.json").write_text(json.dumps({"head": digest}))
    with pytest.raises(ModelsUnreachable, match="where a sha256 should be"):
        one.withdraw("v1")
    if whose == "v1":
        with pytest.raises(ModelsUnreachable, match="where a sha256 should be"):
            SharedModels(tmp_path / "other", f"file://{tmp_path / 'shared'}").fetch("v1")
    assert victim.exists()
    assert len(objects(tmp_path)) == 2


def test_nor_is_one_of_this_machines_own_versions(tmp_path: Path, one: SharedModels) -> None:
    (one.folder / "v1" / "manifest.json").write_text(json.dumps({"head": "../../taken.txt"}))
    with pytest.raises(ModelsUnreachable, match="where a sha256 should be"):
        one.publish("v1")
    assert not (tmp_path / "taken.txt").exists()
    assert not one.has("v1")


def test_an_address_of_an_unknown_kind_is_named(tmp_path: Path) -> None:
    version(tmp_path / "one", "v1", head="learned")
    shared = SharedModels(tmp_path / "one", "nowhere://bucket")
    with pytest.raises(ModelsUnreachable, match=r"nowhere.*HAMLET_MODELS_URL is nowhere://bucket"):
        shared.publish("v1")
    assert shared.has("v1")
    assert not shared.has("v2")


def test_without_an_address_there_is_the_folder_alone(tmp_path: Path) -> None:
    folder = version(tmp_path, "v1", head="learned")
    alone = SharedModels(tmp_path, None)
    alone.publish("v1")
    alone.withdraw("v1")
    assert (alone.fetch("v1"), alone.has("v1"), alone.has("v2")) == (folder, True, False)


def test_the_setting_decides_whether_a_version_has_files(tmp_path: Path, one: SharedModels, url: str) -> None:
    one.publish("v1")
    assert StorageSettings(home=tmp_path / "home", models_url=url).has_files("v1")
    assert not StorageSettings(home=tmp_path / "home").has_files("v1")


def test_an_address_that_is_out_of_reach_does_not_keep_the_champion_from_serving(tmp_path: Path) -> None:
    version(tmp_path / "models", "v1", head="learned")
    console = Console(record=True)
    preparation._publish(console, StorageSettings(home=tmp_path, models_url="nowhere://bucket"), "v1")
    assert "Going on without: v1 cannot be copied there" in " ".join(console.export_text().split())
