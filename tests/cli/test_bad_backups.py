"""Files that are not what `hamlet backup` writes are refused before anything is touched; a full disk leaves no file."""

from __future__ import annotations

import hashlib
import io
import json
import resource
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import migrations
from cli.backup import making, manifest, restoring
from cli.backup.errors import BackupTooNew, NotABackup
from storage.models import Lease
from storage.session import open_engine
from storage.settings import StorageSettings
from tests.cli.conftest import Version
from tests.processes import ROOT
from tests.storage import given

Members = dict[str, bytes]
SETTINGS_JSON = b'{"settings": {}, "left_out": []}'


def made(members: Members, **changes: Any) -> Members:
    """The members with a manifest that agrees with them, but for the changes."""
    stated = {
        "format": 1,
        "hamlet": manifest.hamlets_version(),
        "step": migrations.newest(),
        "dialect": "sqlite",
        "made_at": "2026-01-01T00:00:00+00:00",
        "has_models": True,
        "rows": {},
        "members": {n: {"size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in members.items()},
    } | changes
    return {**members, manifest.NAME: json.dumps(stated).encode()}


def written(path: Path, members: Members, *others: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w") as tar:
        for other in others:
            tar.addfile(other, io.BytesIO(b"x" * other.size))
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return path


def other(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, target
    return header


def refused(tmp_path: Path, file: Path, why: str) -> None:
    """The file is refused for that reason, and nothing at all is there afterwards."""
    with pytest.raises(NotABackup, match=why):
        restoring.restore(file)
    here = {path.name for path in (tmp_path / "home").rglob("*")}
    assert here <= {"run.lock"}
    assert not (tmp_path / "evil").exists()


PLAIN: Members = {"settings.json": SETTINGS_JSON}


@pytest.mark.parametrize(
    "name",
    ["../evil", "/evil", "models/../../evil", "models/v1/../../evil", "models/v1//evil", "models/v1/a\\..\\evil"],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    refused(tmp_path, written(tmp_path / "b.tar", made({**PLAIN, name: b"x"})), "leads out of its folder")


@pytest.mark.parametrize("name", ["evil", "models/evil", "database/chats/1.jsonl", ".env", "models/.restoring/x"])
def test_a_member_that_no_backup_holds_is_refused(tmp_path: Path, name: str) -> None:
    refused(tmp_path, written(tmp_path / "b.tar", made({**PLAIN, name: b"x"})), "nothing that a backup holds")


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_links_devices_folders_and_sparse_files_are_refused(tmp_path: Path, kind: bytes) -> None:
    refused(
        tmp_path,
        written(tmp_path / "b.tar", made(PLAIN), other("models/v1/x", kind, "/etc/passwd")),
        "cannot be restored",
    )


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    twice = other("Settings.json", tarfile.REGTYPE)
    refused(tmp_path, written(tmp_path / "b.tar", made(PLAIN), other("settings.json", tarfile.REGTYPE), twice), "twice")


def test_a_member_that_is_longer_than_the_manifest_says_is_refused(tmp_path: Path) -> None:
    members = made({**PLAIN, "models/v1/x": b"short"}) | {"models/v1/x": b"short and more"}
    refused(tmp_path, written(tmp_path / "b.tar", members), "'models/v1/x' is not as its manifest")


def test_a_member_that_the_manifest_does_not_name_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, written(tmp_path / "b.tar", {"models/v1/x": b"x", **made(PLAIN)}), "is not as its manifest")


def test_what_stands_behind_the_manifest_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, written(tmp_path / "b.tar", {**made(PLAIN), "models/v1/x": b"x"}), "stands behind its end")


@pytest.mark.parametrize(
    "pair", [("models/v1/x", "settings.json"), ("../evil", "models/v1/y"), ("settings.json", "models/v1/y")]
)
def test_a_file_that_is_said_to_be_another_has_to_be_a_models(tmp_path: Path, pair: tuple[str, str]) -> None:
    members = made({**PLAIN, "models/v1/y": b"x"}, same=dict([pair]))
    refused(tmp_path, written(tmp_path / "b.tar", members), "cannot be restored")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1f\x8b garbage", b"\0" * 20_000, b"PK\x03\x04"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.tar").write_bytes(content)
    refused(tmp_path, tmp_path / "b.tar", "no backup of hamlet's")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, tmp_path / "nothing.tar", "No such file")


@pytest.mark.parametrize("suffix", ["tar", "tar.gz"])
def test_a_file_that_is_cut_short_or_damaged_anywhere_is_refused(
    home: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    given.received(home, *(given.incoming("x" * 50, n) for n in range(20)))
    whole = making.back_up(tmp_path / f"b.{suffix}").path.read_bytes()
    monkeypatch.setenv("HAMLET_HOME", str(tmp_path / "new"))
    bad = tmp_path / "bad.tar"
    content = len(whole) - 10_300 if suffix == "tar" else len(whole)  # behind it are zeros alone
    for place in range(600, content, max(1, content // 12)):
        bad.write_bytes(whole[:place])
        with pytest.raises(NotABackup):
            restoring.restore(bad)
    bad.write_bytes(
        whole.replace(b"xxxxxxxxxx", b"xxxxxyxxxx", 1) if suffix == "tar" else whole[:700] + b"?" + whole[701:]
    )
    with pytest.raises(NotABackup):
        restoring.restore(bad)
    assert [path.name for path in (tmp_path / "new").rglob("*")] == ["run.lock"]


@pytest.mark.parametrize("changes", [{"hamlet": "99.0"}, {"step": "9999"}, {"format": 2, "rows": "other"}])
def test_a_backup_of_a_newer_hamlet_is_refused_with_both_versions(tmp_path: Path, changes: dict[str, Any]) -> None:
    file = written(tmp_path / "b.tar", made(PLAIN, **changes))
    with pytest.raises(BackupTooNew) as caught:
        restoring.restore(file)
    its, ours = changes.get("hamlet", manifest.hamlets_version()), manifest.hamlets_version()
    assert f"made by hamlet {its} (database step {changes.get('step', migrations.newest())})" in str(caught.value)
    assert f"this is hamlet {ours} (database step {migrations.newest()})" in str(caught.value)


def test_rows_that_do_not_fit_leave_an_empty_database_and_no_models(tmp_path: Path) -> None:
    bad = b'["name","holder","until"]\n["a",null,null]\n'
    members = {"models/v1/x": b"x", "database/leases/000001.jsonl": bad, **PLAIN}
    with pytest.raises(NotABackup, match="rows of the table leases cannot be loaded"):
        restoring.restore(written(tmp_path / "b.tar", made(members, rows={"leases": 1})))
    engine = open_engine(StorageSettings().address)
    assert given.values(engine, Lease.name) == []
    assert list(StorageSettings().models.iterdir()) == []
    engine.dispose()


def limited(most: int) -> Callable[[], None]:
    """No file of that process may grow beyond this, as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.parametrize("name", ["b.tar", "b.tar.gz"])
def test_a_disk_that_gets_full_leaves_no_file(home: Engine, version: Version, tmp_path: Path, name: str) -> None:
    version("v1", promoted=True)
    command = [sys.executable, "-m", "cli", "backup", str(tmp_path / name)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "HAMLET_HOME": str(tmp_path / "home")},
        preexec_fn=limited(60_000),
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"hamlet: no backup was made: {tmp_path / name} cannot be written (File too large)")
    assert "make room there, or name another place" in done.stderr
    assert list(tmp_path.glob("b.tar*")) == []
