"""A backup restores everything into an empty installation: rows, model versions, settings without secrets."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier import files
from cli.backup import making, restoring
from cli.backup.making import Made
from storage.learning import pruning, versions
from storage.models import Message
from storage.session import engine_for, open_engine, transaction
from storage.session import reading as reading_session
from storage.settings import StorageSettings
from tests.cli.conftest import Version
from tests.cli.homes import backed_up, empty_home
from tests.conftest import count
from tests.servers import Postgres
from tests.storage import given

SECRETS = {
    "HAMLET_TELEGRAM_TOKEN": "123456:ABC-a-token",
    "HAMLET_WEBHOOK_URL": "https://example.org/a-token-in-the-path",
    "HAMLET_WEBHOOK_SECRET": "sixteen letters or more",
    "HAMLET_SECOND_OPINION_KEY": "a-key",
    "HAMLET_BROKER_URL": "redis://:a-password@broker:6379/0",
}


def whole(name: str) -> bool:
    """Whether the version's files are those that its row in the database was registered with."""
    storage = StorageSettings()
    with engine_for(storage.address) as engine, reading_session(engine) as session:
        registered = versions.named(session, name).manifest_hash
    assert registered is not None
    return files.is_whole(storage.models / name, registered)


@pytest.mark.parametrize("name", ["b.tar", "b.tar.gz"])
def test_everything_is_back_on_an_empty_machine(
    home: Engine, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    version("v1", promoted=True)
    version("v2")
    given.received(home, given.incoming("Привет"))
    file = backed_up(tmp_path, name)
    target = empty_home(monkeypatch, tmp_path / "new")
    done = restoring.restore(file)
    assert given.values(target, Message.text) == ["Привет"]
    assert whole("v1")
    assert whole("v2")
    with reading_session(target) as session:
        serves = versions.champion(session)
    assert serves is not None
    assert serves.name == "v1"
    assert sorted(path.name for path in StorageSettings().models.iterdir()) == ["trunks", "v1", "v2"]
    assert done.sentences[0].startswith("Restored ")
    target.dispose()


def test_a_backup_of_sqlite_is_restored_into_postgresql(
    home: Engine, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    version("v1", promoted=True)
    given.received(home, given.incoming(), given.incoming(message_id=2))
    file = backed_up(tmp_path)
    target = empty_home(monkeypatch, tmp_path / "new", postgres.new_database())
    restoring.restore(file)
    assert target.dialect.name == "postgresql"
    assert (count(target, "messages"), whole("v1")) == (2, True)
    assert len(given.received(target, given.incoming(message_id=3))) == 1
    target.dispose()


def test_no_secret_is_in_a_backup_and_each_is_named(
    home: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HAMLET_PORT", "8011")
    made = making.back_up(tmp_path / "b.tar")
    content = made.path.read_bytes()
    assert [value for value in SECRETS.values() if value.encode() in content] == []
    assert b"a-password" not in content
    assert made.left_out == sorted(SECRETS)
    assert "HAMLET_TELEGRAM_TOKEN" in made.sentences[-1]
    for name in SECRETS:
        monkeypatch.delenv(name)
    empty_home(monkeypatch, tmp_path / "new").dispose()
    done = restoring.restore(made.path)
    assert "HAMLET_PORT='8011'\n" in done.settings.read_text()
    assert "# HAMLET_TELEGRAM_TOKEN=\n" in done.settings.read_text()


def test_only_its_owner_may_read_a_backup(home: Engine, tmp_path: Path) -> None:
    assert backed_up(tmp_path).stat().st_mode & 0o777 == 0o600


def test_files_that_versions_share_are_stored_once_and_shared_again(
    home: Engine, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version("v1", promoted=True)
    version("v2")
    one, two = (StorageSettings().models / name / files.FILES[0] for name in ("v1", "v2"))
    two.unlink()
    os.link(one, two)
    made: Made = making.back_up(tmp_path / "b.tar")
    assert len(made.manifest.same) == 1
    empty_home(monkeypatch, tmp_path / "new").dispose()
    restoring.restore(made.path)
    models = StorageSettings().models
    assert (models / "v1" / files.FILES[0]).samefile(models / "v2" / files.FILES[0])
    assert (models / "v1" / files.FILES[0]).stat().st_nlink == 3, "the third is what later versions may share"
    assert whole("v2")


def test_a_version_that_is_removed_meanwhile_is_left_out_and_named(
    home: Engine, version: Version, tmp_path: Path
) -> None:
    version("v1", promoted=True)
    version("v2")
    (StorageSettings().models / "v2" / files.FILES[1]).unlink()
    made = making.back_up(tmp_path / "b.tar")
    assert (made.manifest.versions, made.manifest.without_files) == ({"v1"}, ["v2"])
    assert "Without files, because they are gone: v2." in made.sentences


def test_a_version_that_was_pruned_is_not_missed(home: Engine, version: Version, tmp_path: Path) -> None:
    version("v1", promoted=True)
    version("v2")
    with transaction(home) as session:
        pruning.mark(versions.named(session, "v2"))
    made = making.back_up(tmp_path / "b.tar")
    assert (made.manifest.versions, made.manifest.without_files) == ({"v1"}, [])


def test_a_backup_is_whole_while_messages_come_in(
    home: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, writer = threading.Event(), open_engine(StorageSettings().address)

    def write() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            given.received(writer, given.incoming(f"word {number}", 1, chat_external_id=-number))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = [making.back_up(tmp_path / f"b{number}.tar") for number in range(3)]
    finally:
        stopped.set()
        thread.join()
        writer.dispose()
    assert all(one.manifest.rows.get("chats") == one.manifest.rows.get("messages") for one in made)
    target = empty_home(monkeypatch, tmp_path / "new")
    restoring.restore(made[-1].path)
    assert count(target, "messages") == made[-1].manifest.rows["messages"] == count(target, "chats")
    target.dispose()


def test_when_the_last_backup_was_made_is_noted(home: Engine, tmp_path: Path) -> None:
    file = backed_up(tmp_path)
    assert json.loads((StorageSettings().home / making.LAST).read_text())["file"] == str(file)
