"""Proxies of the environment: none before our own machine, and one that cannot be used is said in a sentence."""

from __future__ import annotations

import socket

import pytest

from jobs import proxies
from jobs.proxies import UnusableProxy


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*proxies.NAMES, "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "127.8.0.1",
        "localhost",
        "bot.localhost:81",
        "[::1]:8000",
        "localhost.:81",
        "0.0.0.0:8081",
        "[::]:8081",
        "[::ffff:127.0.0.1]:81",
    ],
)
def test_no_proxy_stands_before_this_machine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks9://127.0.0.1:1")
    assert proxies.options(f"http://{host}/bot") == {"trust_env": False}


@pytest.mark.parametrize("host", ["api.telegram.org", "10.0.0.7:8081", "localhost.example.com", "[2001:db8::1]"])
def test_other_machines_are_reached_as_the_environment_says(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    assert proxies.options(f"https://{host}/bot") == {}


@pytest.mark.parametrize("name", ["ALL_PROXY", "https_proxy"])
@pytest.mark.parametrize(
    "proxy",
    [
        "socks9://127.0.0.1:1080",
        "socks://127.0.0.1:1080",
        "ftp://127.0.0.1:21",
        "socks5://127.0.0.1:99999",
        "http://proxy:99999",
        "proxy:99999",
    ],
)
def test_a_proxy_that_nobody_understands_is_one_sentence(
    name: str, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, proxy)
    with pytest.raises(UnusableProxy, match=rf"the proxy of {name.upper()} cannot be used .*NO_PROXY"):
        proxies.options("https://api.telegram.org")


def test_a_socks_proxy_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody else answers there
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(UnusableProxy, match=r"nothing answers at 127\.0\.0\.1"):
            proxies.options("https://api.telegram.org")


def test_a_socks_proxy_that_answers_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy.getsockname()[1]}")
        assert proxies.options("https://api.telegram.org") == {}
