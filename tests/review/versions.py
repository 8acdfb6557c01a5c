"""Model versions with their files, as the pages of the site meet them."""

from __future__ import annotations

from pathlib import Path

from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import ModelVersion, VersionState
from storage.session import reading, transaction
from tests.review.site import Site

METRICS = {
    "hold_out": {"f1": 0.9, "examples": 1_058, "confusion": {"false_spam": 2, "false_ham": 6}, "precision": 0.98},
    "baselines": {"naive_bayes": {"f1": 0.8}},
    "corrections": 12,
}


def add(site: Site, name: str, promoted: bool = False) -> None:
    made = {"config_hash": "abc", "config": {"seed": 7, "base_model": "small"}, "code_revision": "f00d", "seconds": 61}
    with transaction(site.engine) as session:
        versions.register(session, NewVersion(name, 0.3, 0.6, "5" * 64, METRICS, parent="v0", provenance=made))
        if promoted:
            versions.promote(session, name, "a test")
    folder = models_of(site) / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(f'{{"head.safetensors": "{"0" * 64}"}}')
    (folder / "head.safetensors").touch()


def models_of(site: Site) -> Path:
    folder: Path = site.client.app.state.models  # type: ignore[attr-defined]  # the site's application
    return folder


def lose_files(site: Site, name: str) -> None:
    (models_of(site) / name / "head.safetensors").unlink()


def champion(site: Site) -> str | None:
    with reading(site.engine) as session:
        serving = versions.champion(session)
        return serving.name if serving else None


def judged(site: Site, name: str, state: VersionState, **gate: object) -> None:
    with transaction(site.engine) as session:
        versions.record_gate_decision(session, versions.named(session, name).id, gate, state)


def champion_row(site: Site) -> ModelVersion:
    with reading(site.engine) as session:
        serving = versions.champion(session)
        assert serving is not None
        return serving
