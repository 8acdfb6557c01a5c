"""Which addresses may be called, and which settings are refused."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from pydantic import ValidationError

from actions.addresses import AddressRefused, checked_url, is_local_name, is_private, is_public, resolved
from actions.settings import OutboundSettings
from jobs.entry_point import settings_refusal


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert not is_private(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:a00:1::"],
)
def test_private(address: str) -> None:
    assert is_private(ip_address(address))
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["64:ff9b:1::7f00:1", "fec0::1", "::7f00:1", "::a9fe:a9fe", "::ffff:0:127.0.0.1", "4000::1"]
)
def test_what_stands_for_an_address_inside_or_for_none_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])
def test_neither(address: str) -> None:
    assert not is_private(ip_address(address))
    assert not is_public(ip_address(address))


def test_the_name_is_resolved_before_it_is_judged() -> None:
    with pytest.raises(AddressRefused, match="private address"):
        resolved("https://localhost/hook", is_public)
    assert ip_address("127.0.0.1") in resolved("https://localhost/hook", is_private)


def test_a_name_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(AddressRefused, match="cannot be resolved"):
        resolved("https://nobody.invalid/", is_public)


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://localhost:11434/v1", True),
        ("http://127.0.0.1/v1", True),
        ("http://192.168.1.7:8080/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://box.local/v1", True),
        ("https://api.example.com/v1", False),
        ("https://8.8.8.8/v1", False),
        ("http://169.254.169.254/v1", False),
    ],
)
def test_what_an_address_names_by_itself(url: str, is_local: bool) -> None:
    assert is_local_name(url) is is_local


@pytest.mark.parametrize(
    "url", ["ftp://example.com", "example.com", "https://", "https://a:b@example.com", "https://e x"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"address"):
        checked_url(url)


@pytest.mark.parametrize(
    ("url", "secret", "refusal"),
    [
        ("http://example.com/hook", "x" * 16, "HAMLET_WEBHOOK_URL has to begin with https://"),
        ("https://example.com/hook", None, "HAMLET_WEBHOOK_URL needs HAMLET_WEBHOOK_SECRET"),
        ("https://example.com/hook", "open-sesame", "HAMLET_WEBHOOK_SECRET value should have at least 16"),
        ("https://ann:open-sesame@example.com", "x" * 16, "HAMLET_WEBHOOK_URL holds a user"),
    ],
)
def test_a_wrong_setting_is_refused_without_repeating_it(url: str, secret: str | None, refusal: str) -> None:
    with pytest.raises(ValidationError) as error:
        OutboundSettings(webhook_url=url, webhook_secret=secret)
    sentence = settings_refusal(error.value)
    assert sentence.startswith(refusal)
    assert "open-sesame" not in sentence
