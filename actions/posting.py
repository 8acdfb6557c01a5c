"""One call to an operator's address: no redirect is followed, no proxy used, and only so much of the answer is read."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import httpx

from actions.addresses import Address, AddressRefused, resolved

LARGEST_ANSWER = 65_536  # bytes that are read


@dataclass(frozen=True)
class Call:
    """What to post, where, and which addresses may get it."""

    url: str
    body: bytes
    headers: dict[str, str]
    may_call: Callable[[Address], bool]
    seconds: float  # for each of connecting, sending and waiting, and for the answer as a whole
    method: str = "POST"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def problem(self) -> str:
        """What is wrong with a status that is not 2xx."""
        return f"HTTP {self.status}" + (": redirects are not followed" if 300 <= self.status < 400 else "")


class NoAnswer(Exception):
    """Nobody answered, or nobody may be asked; the message says why, without the address."""


def post(call: Call, reads_body: bool = False) -> Answer:
    """Post to the first of the host's addresses that can be reached. Raises NoAnswer."""
    try:
        addresses = resolved(call.url, call.may_call)
    except AddressRefused as error:
        raise NoAnswer(str(error)) from error
    for address in addresses[:-1]:
        try:
            return _post_to(address, call, reads_body)
        except httpx.ConnectError:
            continue  # the next address may be reached
        except httpx.HTTPError as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
    try:
        return _post_to(addresses[-1], call, reads_body)
    except httpx.HTTPError as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error


def _post_to(address: Address, call: Call, reads_body: bool) -> Answer:
    """Post to this very address, which was checked; the certificate has to be the host's all the same."""
    url = httpx.URL(call.url)
    headers = {"Host": url.netloc.decode(), "User-Agent": "hamlet", **call.headers, "Accept-Encoding": "identity"}
    with (
        httpx.Client(timeout=call.seconds, follow_redirects=False, trust_env=False, verify=_trusted()) as client,
        client.stream(
            call.method,
            url.copy_with(host=str(address)),
            content=call.body or None,
            headers=headers,
            extensions={"sni_hostname": url.host},
        ) as response,
    ):
        return Answer(response.status_code, _beginning(response, call.seconds) if reads_body else b"")


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, SSL_CERT_FILE's where it is set; read once, which takes a while."""
    return httpx.create_ssl_context()


def _beginning(response: httpx.Response, seconds: float) -> bytes:
    """At most LARGEST_ANSWER bytes of the answer, and what came within `seconds`. Raises NoAnswer where it is packed.

    Nothing is unpacked: a few packed bytes may stand for more than the memory holds.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        raise NoAnswer("the answer is packed, though it was asked for as it is")
    until, body = time.monotonic() + seconds, b""
    for part in response.iter_raw():
        body += part
        if len(body) >= LARGEST_ANSWER or time.monotonic() > until:
            break
    return body[:LARGEST_ANSWER]
