"""A backup that somebody else made leads out of no folder and opens no session. What else is refused: tests/cli."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from cli.backup import restoring
from cli.backup.errors import NotABackup
from storage.access import links, logins
from storage.models import Chat, LinkCode, LoginLink, LoginSession, ModelVersion
from storage.session import reading, transaction
from storage.settings import StorageSettings
from tests.cli.conftest import Version
from tests.cli.homes import backed_up, empty_home
from tests.storage import given


@pytest.mark.parametrize("name", ["../../evil", "/evil", "..", ".hidden", "a/../../evil", ""])
def test_a_row_names_no_version_outside_the_folder_of_models(
    home: Engine, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Versions that nothing falls back to are removed by their rows' names."""
    version("v1", promoted=True)
    with transaction(home) as session:
        session.add(ModelVersion(name=name, review_threshold=0.5, act_threshold=0.9, examples_hash="", metrics={}))
    file = backed_up(tmp_path)
    target = empty_home(monkeypatch, tmp_path / "new")
    with pytest.raises(NotABackup, match="leads out of the folder of models"):
        restoring.restore(file)
    assert given.values(target, ModelVersion.name) == []
    assert list(StorageSettings().models.iterdir()) == []
    target.dispose()


def test_no_login_comes_back_with_a_backup(home: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ended after the backup was made would be open again."""
    given.received(home, given.incoming())
    with transaction(home) as session:
        used = logins.use_link(session, logins.new_link(session, "mallory"))
        waiting = logins.new_link(session, "mallory")
        links.new_code(session, session.scalars(select(Chat.id)).one(), 7)
    assert used is not None
    file = backed_up(tmp_path)
    target = empty_home(monkeypatch, tmp_path / "new")
    done = restoring.restore(file)
    with reading(target) as session:
        assert logins.open_session(session, used) is None
        assert not logins.opens(session, waiting)
    assert [given.values(target, column) for column in (LoginLink.name, LoginSession.name, LinkCode.chat_id)] == [
        []
    ] * 3
    assert any("Everybody logs in anew" in sentence for sentence in done.sentences)
    target.dispose()
