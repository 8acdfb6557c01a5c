"""The card of a doubtful flag shows another model's second opinion, with its reason."""

from __future__ import annotations

import pytest

from storage.models import SecondOpinion, now
from storage.session import transaction
from tests.review.site import ESCAPED, EVIL, Site, flag


def stored(site: Site, **answer: object) -> str:
    """The page of a flag that was asked about, with this answer."""
    [verdict] = flag(site, "cheap flats")
    with transaction(site.engine) as session:
        session.add(SecondOpinion(verdict_id=verdict, attempts=1, answered_at=now(), **answer))
    return str(site.get(f"/review/{verdict}").text)


@pytest.mark.parametrize(
    ("is_spam", "word"),
    [(True, "spam"), (False, "not spam"), (None, "no clear answer")],
    ids=["spam", "ham", "unclear"],
)
def test_the_card_shows_it_in_a_word(site: Site, is_spam: bool | None, word: str) -> None:
    assert f"second opinion: {word}</span>" in stored(site, is_spam=is_spam)


def test_its_reason_is_only_text(site: Site) -> None:
    assert f"second opinion: spam – {ESCAPED}</span>" in stored(site, is_spam=True, answer=EVIL)


def test_a_failure_is_not_shown(site: Site) -> None:
    assert "second opinion" not in stored(site, error="HTTP 500")
