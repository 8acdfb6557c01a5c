"""How moderators decide: agreement with what holds now, speed, flags undone; each sees their own chats."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, update

from storage.models import Correction, Verdict, now
from storage.moderation import corrections
from storage.session import reading, transaction
from storage.views import moderators
from storage.views.moderators import Moderator
from tests.review.queue import aside, scored
from tests.review.site import Site, as_moderator, in_two_chats
from tests.storage import given


def figures(engine: Engine, chats: tuple[int, ...] | None = None) -> dict[str, Moderator]:
    with reading(engine) as session:
        return {one.actor: one for one in moderators.of_last_days(session, chats)}


def test_agreement_is_of_first_decisions_with_what_holds_now(engine: Engine) -> None:
    both, changed, withdrawn, disputed, alone = scored(engine, *[0.9] * 5)
    for verdict, ann, bob in ((both, True, True), (changed, False, True), (withdrawn, False, True)):
        given.corrected(engine, verdict, "web:ann", ann)
        given.corrected(engine, verdict, "web:bob", bob)
    given.corrected(engine, changed, "web:ann", True)
    with transaction(engine) as session:
        corrections.take_back(session, withdrawn, "web:ann")
    given.corrected(engine, disputed, "web:ann", True)
    given.corrected(engine, disputed, "web:bob", False)
    given.corrected(engine, alone, "web:ann", False)
    ann, bob = (figures(engine)[who] for who in ("web:ann", "web:bob"))
    assert ann.agreement is not None
    assert bob.agreement is not None
    assert (round(ann.agreement.value * ann.agreement.n), ann.agreement.n) == (1, 3)
    assert (bob.agreement.value, bob.agreement.n) == (1.0, 3)
    assert (ann.decisions, bob.decisions) == (4, 4)


def test_flags_undone_and_the_time_that_flags_took_are_counted(engine: Engine) -> None:
    first, second, ham = scored(engine, 0.9, 0.9, 0.1)
    with transaction(engine) as session:
        session.execute(update(Verdict).values(created_at=now() - timedelta(minutes=12)))
    given.corrected(engine, first, "web:ann", False)
    aside(engine, second)
    given.corrected(engine, ham, "web:ann", False)
    [ann] = figures(engine).values()
    assert (ann.decisions, ann.flags_undone) == (3, 1)
    assert ann.undone is not None
    assert ann.undone.n == 1
    assert ann.minutes is not None
    assert 11.5 < ann.minutes < 13


def test_members_and_last_months_decisions_are_not_counted(engine: Engine) -> None:
    old, other = scored(engine, 0.9, 0.9)
    given.corrected(engine, old, "web:ann", True)
    with transaction(engine) as session:
        session.execute(update(Correction).values(created_at=now() - timedelta(days=31)))
    given.corrected(engine, other, "telegram:9", True, is_moderator=False)
    assert figures(engine) == {}


def test_the_page_shows_moderators_of_ones_own_chats(site: Site) -> None:
    assert "Nobody decided anything" in site.get("/quality/moderators").text
    mine, others = in_two_chats(site)
    given.corrected(site.engine, mine, "web:ann", True)
    given.corrected(site.engine, others, "web:eve", False)
    every = site.get("/quality/moderators").text
    assert '<th scope="row">Web:Ann</th>' in every
    assert "1 <small>100.0 % of 1 decided, 20.7 % – 100.0 %</small>" in every
    assert "Web:Eve" not in site.get("/quality/moderators?chat=1").text
    as_moderator(site, 1)
    assert "Web:Eve" not in site.get("/quality/moderators").text
    assert "Web:Eve" not in site.get("/quality/moderators?chat=2").text
