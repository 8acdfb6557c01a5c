"""A chat's own rules on their page: tried, added, removed, refused."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import update

from storage.access import chats
from storage.models import Chat, RuleEffect, RuleKind, now
from storage.moderation.policies import rules
from storage.moderation.policies.patterns import Pattern
from storage.session import reading, transaction
from storage.views import rule_hits
from tests.review.site import Site, as_moderator, in_two_chats
from tests.storage import given

CASINO = {"kind": "words", "effect": "flag", "pattern": "casino", "reason": "the group asked"}


@pytest.fixture
def group(site: Site) -> Site:
    with transaction(site.engine) as session:
        chats.on_telegram(session, -100123, "Gardeners")
    return site


def patterns(site: Site) -> list[tuple[str, str]]:
    with reading(site.engine) as session:
        return [(rule.pattern, rule.effect) for rule in rules.every(session, 1)]


def test_a_rule_for_each_line_is_added_and_listed(group: Site) -> None:
    group.post("/chats/1/rules", **CASINO | {"pattern": "casino\n\n free money \n"})
    assert patterns(group) == [("casino", "flag"), ("free money", "flag")]
    text = group.get("/chats/1/rules").text
    assert "2 rules" in text
    assert "the group asked" in text


def test_a_dry_run_tells_whom_it_would_hit_and_stores_nothing(group: Site) -> None:
    given.verdict(group.engine, given.version(group.engine), given.incoming("a casino", 1, sent_at=now()), 0.95)
    given.received(group.engine, given.incoming("an old casino", 2), given.incoming("no game", 3, sent_at=now()))
    text = unescape(group.post("/chats/1/rules/try", **CASINO).text)
    assert "Of 2 messages of the last 30 days it finds <strong>1</strong>: 1 count as spam now, 0 do not" in text
    assert "Written by Ann" in text
    assert patterns(group) == []


@pytest.mark.parametrize("path", ["/chats/1/rules", "/chats/1/rules/try"])
def test_an_expression_that_does_not_compile_is_refused_with_its_place(group: Site, path: str) -> None:
    refused = group.post(path, kind="regex", effect="flag", pattern="buy(", reason="")
    assert refused.status_code == 422
    assert "at character" in refused.text
    assert ">buy(</textarea>" in refused.text, "nothing typed is lost"
    assert patterns(group) == []


@pytest.mark.parametrize("path", ["/chats/1/rules", "/chats/1/rules/try"])
def test_too_many_expressions_are_counted_before_one_is_compiled(group: Site, path: str) -> None:
    lines = "\n".join(f"buy{n}(" for n in range(rules.MOST_EXPRESSIONS + 1))
    refused = group.post(path, kind="regex", effect="flag", pattern=lines, reason="")
    assert refused.status_code == 422
    assert "100 of them regular expressions; remove some first" in refused.text
    assert "at character" not in refused.text


def test_expressions_are_tried_without_the_lock_of_whoever_writes(group: Site) -> None:
    with transaction(group.engine) as session:
        session.execute(update(Chat).values(title="being written"))
        assert group.post("/chats/1/rules", kind="regex", effect="flag", pattern="buy(", reason="").status_code == 422


def test_a_dry_run_that_takes_long_says_how_far_it_came(group: Site) -> None:
    given.received(group.engine, *(given.incoming("a casino", n, sent_at=now()) for n in (1, 2, 3)))
    moments = iter((0.0, 1.0, rule_hits.LONGEST, rule_hits.LONGEST + 1))
    with reading(group.engine) as session:
        casino = [Pattern(RuleKind.WORDS, RuleEffect.FLAG, "casino")]
        hits = rule_hits.of_last_days(session, 1, casino, clock=moments.__next__)
    assert (hits.read, hits.count, hits.is_cut_short) == (2, 2, True)
    assert "older messages of these days were not read" not in group.post("/chats/1/rules/try", **CASINO).text


def test_a_rule_is_removed(group: Site) -> None:
    group.post("/chats/1/rules", **CASINO)
    group.post("/chats/1/rules/1/remove")
    assert patterns(group) == []
    assert group.post("/chats/1/rules/1/remove").status_code == 404


def test_rules_of_chats_that_one_may_not_see_are_hidden(site: Site) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    assert site.get("/chats/2/rules").status_code == 404
    assert site.post("/chats/2/rules", **CASINO).status_code == 404
    assert site.post("/chats/2/rules/try", **CASINO).status_code == 404
