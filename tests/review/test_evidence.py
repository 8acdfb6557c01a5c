"""A card says which evidence beside the words a verdict rests on, and the API too."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from storage.models import Message, Verdict
from storage.session import transaction
from tests.review.site import Site
from tests.storage import given


def card(site: Site, is_join: bool = False, **columns: Any) -> str:
    """The page of a verdict with these columns."""
    verdict = given.verdict(site.engine, given.version(site.engine), given.incoming("buy now"))
    with transaction(site.engine) as session:
        session.execute(update(Verdict).values(**columns or {"rule": None}))
        session.execute(update(Message).values(is_join=is_join))
    return site.get(f"/review/{verdict}").text


def test_a_script_in_which_hardly_anybody_writes(site: Site) -> None:
    shown = card(site, script="CYRILLIC", script_weight=1.0)
    assert "Cyrillic letters, as hardly anybody writes there: +1.0 towards spam, in log-odds" in shown


def test_what_the_words_alone_score(site: Site) -> None:
    shown = card(site, score_without_names=0.125)
    assert "the author's name or username was read too; the words alone score 0.125" in shown.replace("&#39;", "'")


def test_a_join_of_which_nothing_but_the_name_is_known(site: Site) -> None:
    assert '<span class="badge">joined</span>' in card(site, is_join=True)


def test_without_any_of_them_the_card_is_as_it_was(site: Site) -> None:
    shown = card(site)
    assert "hardly anybody" not in shown
    assert "words alone" not in shown
    assert ">joined<" not in shown
