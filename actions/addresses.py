"""Where calls to an operator's addresses may go: the name is resolved first, and only addresses that may be called are.

So neither a name that leads into the private network nor a redirect turns hamlet into a way in.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import httpx

from jobs.proxies import is_loopback

Address = IPv4Address | IPv6Address
LOCAL_SUFFIXES = (".local", ".internal", ".localhost")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # of IPv6; RFC 4291 gives no other part to the internet
PORTS = {"http": 80, "https": 443}


class AddressRefused(Exception):
    """The name leads nowhere, or to an address that may not be called."""


def is_public(address: Address) -> bool:
    """Whether an address, or the one inside it, is on the internet for all."""
    inner = _unwrapped(address)
    is_assigned = isinstance(inner, IPv4Address) or inner in GLOBAL_UNICAST
    return is_assigned and inner.is_global and not inner.is_multicast


def is_private(address: Address) -> bool:
    """Whether an address is this machine's or a private network's; link-local ones, where clouds keep secrets, are neither."""
    inner = _unwrapped(address)
    return inner.is_private and not (inner.is_link_local or inner.is_unspecified or inner.is_multicast)


def public_or_named(url: str) -> Callable[[Address], bool]:
    """What this URL may lead to: the internet, and a private address only where the URL itself names a local server."""
    is_ours = is_local_name(url)
    return lambda address: is_public(address) or (is_ours and is_private(address))


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def resolved(url: str, may_call: Callable[[Address], bool]) -> list[Address]:
    """The addresses of the URL's host, if all of them may be called. Raises AddressRefused."""
    parts = urlsplit(url)
    try:
        rows = socket.getaddrinfo(parts.hostname, parts.port or PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("the host's name cannot be resolved") from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows))
    if not addresses or not all(map(may_call, addresses)):
        raise AddressRefused("the host's name leads to a private address, which may not be called")
    return addresses


def checked_url(url: str) -> str:
    """An http or https address without a user. Raises ValueError."""
    parts = urlsplit(url)
    try:
        httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError("is not an address that can be called") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("is not an address such as https://example.com/path")
    _ = parts.port  # raises ValueError for a wrong port
    if parts.username is not None or parts.fragment or any(letter <= " " for letter in url):
        raise ValueError("holds a user, a fragment or a space, which such an address cannot have")
    return url


def is_local_name(url: str) -> bool:
    """Whether the URL itself names this machine or a private one: by its address, or by a name that the internet has not."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return is_private(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return is_loopback(url) or "." not in host or host.endswith(LOCAL_SUFFIXES)
