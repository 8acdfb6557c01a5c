"""Which proxy our calls take: none to our own machine, and never one that cannot be used."""

from __future__ import annotations

import ipaddress
import os
import socket
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import httpx

SOCKS_PORT, CONNECT_SECONDS = 1080, 5.0
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
    """The options of an httpx client for calls to that address. Raises UnusableProxy."""
    if is_loopback(url):
        return {"trust_env": False}
    try:
        httpx.Client().close()  # reads the environment, as every client does
        _require_answer(url)
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise UnusableProxy(str(error).split(". ")[0].rstrip(".")) from error
    return {}


def _require_answer(url: str) -> None:
    """A SOCKS proxy that does not answer would be tried for ever, in silence. Raises UnusableProxy; ValueError for a wrong port."""
    target, proxies = urlsplit(url), urllib.request.getproxies()
    named = proxies.get(target.scheme) or proxies.get("all") or ""
    proxy = urlsplit(named if "://" in named else f"http://{named}")
    address = (proxy.hostname or "", proxy.port or SOCKS_PORT)
    if not proxy.scheme.startswith("socks") or urllib.request.proxy_bypass(target.hostname or ""):
        return
    try:
        socket.create_connection(address, timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise UnusableProxy(f"nothing answers at {address[0]}:{address[1]}") from error


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    host = urlsplit(url).hostname or ""
    if f".{host.rstrip('.')}".endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    within = getattr(address, "ipv4_mapped", None) or address
    return bool(within.is_loopback or within.is_unspecified)
