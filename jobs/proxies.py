"""What stands between us and an address: never a proxy before our own machine, and none that nobody here understands."""

from __future__ import annotations

import ipaddress
import os
from typing import Any
from urllib.parse import urlsplit

import httpx

NAMES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")


class UnusableProxy(Exception):
    """The proxy of the environment cannot be used."""

    def __init__(self, reason: str) -> None:
        names = [name for name in NAMES if os.environ.get(name) or os.environ.get(name.lower())]
        super().__init__(
            f"the proxy of {' or '.join(names) or 'the environment'} cannot be used ({reason}); name an http:// or "
            "socks5:// proxy there (the latter wants the package socksio), or exempt the address with NO_PROXY"
        )


def options(url: str) -> dict[str, Any]:
    """What httpx's clients are made with for calls to that address. Raises UnusableProxy."""
    if is_loopback(url):
        return {"trust_env": False}
    try:
        httpx.Client().close()  # reads the environment, as every client does
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise UnusableProxy(str(error).split(". ")[0].rstrip(".")) from error
    return {}


def is_loopback(url: str) -> bool:
    """Whether the address is this very machine's."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
