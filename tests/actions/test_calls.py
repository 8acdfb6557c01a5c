"""A call to an operator's address takes what is answered as it is, and never more of it than is read."""

from __future__ import annotations

import gzip

import pytest

from actions.posting import LARGEST_ANSWER, Call, NoAnswer, post
from tests.actions.receiver import receiving

ZEROS = 20_000_000  # bytes, which are 20 KB of gzip


def call(url: str) -> Call:
    return Call(url, b"{}", {"Accept-Encoding": "gzip"}, lambda _: True, 5.0)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "gzip, gzip", "br", "deflate"])
def test_a_packed_answer_is_refused_and_not_unpacked(encoding: str) -> None:
    with receiving() as server:
        server.answers, server.encoding = [(200, gzip.compress(bytes(ZEROS), 1))], encoding
        with pytest.raises(NoAnswer, match="the answer is packed"):
            post(call(server.url), reads_body=True)


def test_an_answer_is_asked_for_as_it_is_and_read_to_its_limit() -> None:
    with receiving() as server:
        server.answers, server.encoding = [(200, b"x" * (LARGEST_ANSWER + 1_000))], "identity"
        answer = post(call(server.url), reads_body=True)
    assert answer.body == b"x" * LARGEST_ANSWER
    [posted] = server.posted
    assert posted.headers["Accept-Encoding"] == "identity"


def test_an_answer_whose_body_is_not_read_may_be_packed() -> None:
    with receiving() as server:
        server.answers, server.encoding = [(200, gzip.compress(b"taken"))], "gzip"
        assert post(call(server.url)).is_success
