"""The page's answer to "Why?" names each part of a version plainly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.moderation import explanations
from storage.session import transaction
from tests.review.site import Site
from tests.storage import given


def answered(site: Site, nearest: Sequence[dict[str, Any]] = (), **parts: float) -> str:
    """The page of a verdict that was explained so."""
    verdict = given.verdict(site.engine, given.version(site.engine), given.incoming("buy now"))
    with transaction(site.engine) as session:
        explanations.ask(session, verdict)
        explanations.answer(session, verdict, "v1", parts=parts, nearest=list(nearest))
    return site.get(f"/review/{verdict}").text


def test_the_encoder_and_the_shift_are_told_by_name(site: Site) -> None:
    shown = answered(site, **{"network": 0.5, "n-grams": 1.5, "encoder": 2.25, "shift": -0.75})
    assert '<dt>sentence encoder</dt><dd class="bad">+2.25</dd>' in shown
    assert '<dt>shift</dt><dd class="good">-0.75</dd>' in shown
    assert shown.index("<dt>GPT and probe</dt>") < shown.index("<dt>n-grams</dt>") < shown.index("<dt>shift</dt>")


def test_a_part_that_the_version_lacks_is_not_told(site: Site) -> None:
    assert "<dt>sentence encoder</dt>" not in answered(site, network=0.5, encoder=0.0)


def test_an_example_from_when_other_chats_texts_were_among_them_is_not_shown(site: Site) -> None:
    known = {"text": "of this chat", "is_spam": True, "similarity": 0.5, "chat": 1}
    unknown = {"text": "of whichever chat", "is_spam": True, "similarity": 0.9}
    shown = answered(site, [unknown, known])
    assert "of this chat" in shown
    assert "of whichever chat" not in shown
