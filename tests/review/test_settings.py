"""Where the site is reached, by people and by this machine."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from jobs.entry_point import settings_refusal
from review.settings import ReviewSettings


def test_people_reach_the_site_where_it_listens() -> None:
    assert ReviewSettings(host="127.0.0.1", port=8123).url == "http://127.0.0.1:8123"


def test_people_reach_the_site_through_its_proxy() -> None:
    assert ReviewSettings(public_url="https://spam.example/").url == "https://spam.example"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("example.org", "http://example.org:8000"),
    ],
)
def test_this_machine_reaches_the_site_without_the_proxy(host: str, url: str) -> None:
    assert ReviewSettings(host=host, public_url="https://spam.example").local_url == url


@pytest.mark.parametrize(("name", "value"), [("PORT", "0"), ("PORT", "http"), ("PUBLIC_URL", "spam.example")])
def test_a_wrong_port_or_address_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"HAMLET_{name}", value)
    with pytest.raises(ValidationError) as error:
        ReviewSettings()
    assert settings_refusal(error.value).startswith(f"HAMLET_{name} ")
