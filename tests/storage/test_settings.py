"""Where the memory lives, as settings say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from jobs.entry_point import settings_refusal
from storage.settings import StorageSettings


def refusal(url: str) -> str:
    with pytest.raises(ValidationError) as error:
        StorageSettings(database_url=url)
    return settings_refusal(error.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_psycopg_3(scheme: str) -> None:
    settings = StorageSettings(database_url=f"{scheme}://ann:p%40ss@host:5432/hamlet")
    assert settings.address == "postgresql+psycopg://ann:p%40ss@host:5432/hamlet"


def test_the_database_is_a_file_in_the_home_by_default(tmp_path: Path) -> None:
    settings = StorageSettings(home=tmp_path)
    assert settings.address == f"sqlite:///{tmp_path / 'hamlet.sqlite3'}"
    assert settings.models == tmp_path / "models"


def test_an_empty_address_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_DATABASE_URL", "")
    assert StorageSettings().database_url is None


def test_a_sqlite_address_is_kept() -> None:
    assert StorageSettings(database_url="sqlite:////data/x.sqlite3").address == "sqlite:////data/x.sqlite3"


def test_another_database_is_refused() -> None:
    error = refusal("mysql://ann:s3cret@host/hamlet")
    assert error.startswith("HAMLET_DATABASE_URL mysql is not supported; use sqlite or postgresql")
    assert "s3cret" not in error


@pytest.mark.parametrize("address", ["sqlite://", "sqlite://hamlet.sqlite3", "sqlite:///:memory:"])
def test_a_sqlite_address_without_a_file_is_refused(address: str) -> None:
    assert refusal(address).startswith("HAMLET_DATABASE_URL names no file; write sqlite:///")


@pytest.mark.parametrize("address", ["s3cret nonsense", "postgresql://ann:s3cret@host:port/hamlet"])
def test_nonsense_is_refused_by_the_settings_name(address: str) -> None:
    error = refusal(address)
    assert error.startswith("HAMLET_DATABASE_URL is not a database address")
    assert "s3cret" not in error


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        StorageSettings().database_url = "sqlite://"  # type: ignore[misc]  # the point of the test
