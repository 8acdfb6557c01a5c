"""How processes reach each other, as settings say it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from kombu.utils.url import parse_url
from pydantic import ValidationError

from jobs.entry_point import settings_refusal
from jobs.settings import JobsSettings

KERNEL_LIMIT = 107  # bytes of a unix socket's path


def refusal() -> str:
    with pytest.raises(ValidationError) as error:
        JobsSettings()
    return settings_refusal(error.value)


def test_the_broker_is_a_socket_in_the_home_by_default() -> None:
    home = Path("/data/hamlet")
    assert JobsSettings(home=home).broker == "redis+socket:///data/hamlet/run/broker.sock"


@pytest.mark.parametrize("folder", ["x" * 90, pytest.param("漢" * 60, id="of wide letters")])
def test_a_path_too_long_for_a_socket_gives_way_to_a_short_one(folder: str) -> None:
    settings = JobsSettings(home=Path("/data") / folder)
    assert len(bytes(settings.socket)) <= KERNEL_LIMIT
    assert settings.runtime.parent == Path(tempfile.gettempdir())
    assert settings.broker == f"redis+socket://{settings.socket}"


@pytest.mark.parametrize("folder", ["a#b", "a?b", "a%20b"])
def test_the_broker_finds_its_socket_in_any_folder(tmp_path: Path, folder: str) -> None:
    settings = JobsSettings(home=tmp_path / folder)
    assert f"/{parse_url(settings.broker)['virtual_host']}" == str(settings.socket)


def test_two_long_homes_have_two_sockets() -> None:
    first, second = (JobsSettings(home=Path("/data") / (letter * 100)) for letter in "xy")
    assert first.socket != second.socket
    assert first.socket == JobsSettings(home=first.home).socket


@pytest.mark.parametrize("url", ["redis://host:6379/0", "rediss://host", "redis+socket:///tmp/b.sock"])
def test_a_broker_address_is_kept(url: str) -> None:
    assert JobsSettings(broker_url=url).broker == url


def test_valkey_speaks_redis() -> None:
    assert JobsSettings(broker_url="valkey://host:6379/0").broker == "redis://host:6379/0"


@pytest.mark.parametrize("url", ["amqp://ann:s3cret@host", "host:6379", "s3cret"])
def test_a_broker_of_another_kind_is_refused_without_saying_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HAMLET_BROKER_URL", url)
    assert refusal().startswith("HAMLET_BROKER_URL is not a broker address")
    assert "s3cret" not in refusal()


def test_a_port_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_BROKER_URL", "redis://:s3cret@host:none/0")
    assert refusal().startswith("HAMLET_BROKER_URL ")
    assert "s3cret" not in refusal()


@pytest.mark.parametrize(("name", "value"), [("HAMLET_LOG_LEVEL", "LOUD"), ("HAMLET_LOG_FORMAT", "xml")])
def test_a_wrong_choice_is_refused_by_name_with_what_may_be_chosen(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    sentence = refusal()
    assert sentence.startswith(f"{name} input should be")
    assert sentence.endswith(f"(it is {value!r})")


def test_a_tilde_is_the_home_in_every_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/ann")
    settings = JobsSettings(home=Path("~/hamlet"), broker_url="redis+socket://~/b.sock")
    assert (settings.home, settings.broker) == (Path("/ann/hamlet"), "redis+socket:///ann/b.sock")


def test_the_home_of_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_HOME", "~nobody-of-that-name/hamlet")
    assert "HAMLET_HOME begins with ~, and there is no such home" in refusal()
