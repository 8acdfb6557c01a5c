"""Figures of quality: what counts, what does not, and how sure a share is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from storage.formats import Sample
from storage.learning import samples
from storage.learning.samples import Importer
from storage.models import Chat, now
from storage.session import reading, transaction
from storage.views import champion_quality
from tests.storage import given


def quality(engine: Engine, chat_id: int | None = None, hours: float = 1) -> champion_quality.Quality:
    with reading(engine) as session:
        return champion_quality.quality(session, now() - timedelta(hours=hours), chat_id)


def test_verdicts_and_what_moderators_said_of_them(engine: Engine) -> None:
    model = given.version(engine)
    scores = {"confirmed": 0.9, "undone": 0.9, "open": 0.9, "missed": 0.1, "ham": 0.1}
    found = {
        name: given.verdict(engine, model, given.incoming(name, n), s) for n, (name, s) in enumerate(scores.items())
    }
    for name, is_spam in (("confirmed", True), ("undone", False), ("missed", True), ("ham", False)):
        given.corrected(engine, found[name], "ann", is_spam)
    given.corrected(engine, found["confirmed"], "bob", True)
    assert quality(engine) == champion_quality.Quality(
        judged=5, flagged=3, confirmed=1, false_positives=1, missed_spam=1
    )


def test_disputed_and_proposed_corrections_and_shadows_do_not_count(engine: Engine) -> None:
    verdict = given.verdict(engine, given.version(engine))
    given.corrected(engine, verdict, "ann", True)
    given.corrected(engine, verdict, "bob", False)
    given.shadowed(engine, given.in_shadow(engine), 0.1)
    assert quality(engine) == champion_quality.Quality(1, 1, 0, 0, 0)


def test_one_chat_and_one_window(engine: Engine) -> None:
    model = given.version(engine)
    given.verdict(engine, model, given.incoming("a", 1))
    given.verdict(engine, model, given.incoming("b", 1, chat_external_id=-5))
    with reading(engine) as session:
        chat_id = session.scalars(select(Chat.id).where(Chat.external_id == -5)).one()
    assert (quality(engine).judged, quality(engine, chat_id).judged, quality(engine, hours=0).judged) == (2, 1, 0)


def test_imported_samples_count_in_their_own_chat_alone(engine: Engine) -> None:
    with transaction(engine) as session:
        samples.take(session, Importer(1, "forum", "api:forum"), [Sample(1, "lunch", False)])
    given.verdict(engine, given.version(engine))
    with reading(engine) as session:
        chat_id = session.scalars(select(Chat.id).where(Chat.external_id == -1)).one()
    assert quality(engine).false_positives == 0
    assert quality(engine, chat_id).false_positives == 1
