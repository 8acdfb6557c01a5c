"""What a chat's own rules find in a text, and which patterns are refused."""

from __future__ import annotations

import time

import pytest

from storage.models import RuleEffect, RuleKind
from storage.moderation.policies import patterns
from storage.moderation.policies.expressions import Trials, UnsuitablePattern
from storage.moderation.policies.patterns import Match, Pattern

WORDS, ADDRESS, REGEX = RuleKind.WORDS, RuleKind.ADDRESS, RuleKind.REGEX
FLAG, ALLOW = RuleEffect.FLAG, RuleEffect.ALLOW


def matched(text: str, *rules: tuple[RuleKind, RuleEffect, str]) -> Match | None:
    return patterns.compiled(Pattern(*rule) for rule in rules).match(text)


@pytest.mark.parametrize(
    ("kind", "pattern", "text"),
    [
        (WORDS, "casino", "The best CASINO!"),
        (WORDS, "казино", "Лучшее Казино"),
        (WORDS, "free money", "get free\nmoney now"),
        (WORDS, "casino", "\uff43asino"),
        (ADDRESS, "example.com", "see https://www.Example.com/page?x=1."),
        (ADDRESS, "example.com", "see shop.example.com"),
        (ADDRESS, "t.me/joinchat", "t.me/joinchat/AbC"),
        (ADDRESS, "@Seller", "write to @seller"),
        (ADDRESS, "t.me/seller", "write to @seller"),
        (REGEX, r"\d{3,}\s*\$", "1500 $ a day"),
    ],
)
def test_a_rule_finds_what_it_looks_for(kind: RuleKind, pattern: str, text: str) -> None:
    match = matched(text, (kind, FLAG, pattern))
    assert match is not None
    assert match.is_spam
    assert pattern in match.label


@pytest.mark.parametrize(
    ("kind", "pattern", "text"),
    [
        (WORDS, "casino", "casinos"),
        (WORDS, "free money", "money free"),
        (ADDRESS, "example.com", "myexample.com"),
        (ADDRESS, "example.com/page", "example.com/other"),
        (ADDRESS, "shop.example.com", "example.com"),
        (REGEX, r"^\d+$", "no number"),
    ],
)
def test_a_rule_passes_what_it_does_not_look_for(kind: RuleKind, pattern: str, text: str) -> None:
    assert matched(text, (kind, FLAG, pattern)) is None


def test_a_flag_comes_before_what_is_allowed() -> None:
    match = matched("casino of our sponsor", (WORDS, ALLOW, "sponsor"), (WORDS, FLAG, "casino"))
    assert match is not None
    assert match.is_spam


def test_an_allowed_address_excuses_no_other_address() -> None:
    rule = (ADDRESS, ALLOW, "example.com")
    match = matched("see example.com", rule)
    assert match is not None
    assert not match.is_spam
    assert matched("see example.com and evil.example", rule) is None


@pytest.mark.parametrize(
    ("kind", "pattern", "why"),
    [
        (WORDS, "  ?! ", "no letter"),
        (ADDRESS, "hello", "not one domain"),
        (ADDRESS, "a.example b.example", "not one domain"),
        (WORDS, "a" * 513, "longer than the 512 characters"),
        (REGEX, "buy(", "at character"),
        (REGEX, "x*", "matches the empty text"),
        (REGEX, r"(a+)+$", "takes too long"),
        (REGEX, r"(\w+\s?)+$", "takes too long"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_the_reason(kind: RuleKind, pattern: str, why: str) -> None:
    with pytest.raises(UnsuitablePattern, match=why):
        patterns.checked(kind, pattern)


def test_an_expression_that_is_slow_on_one_text_lets_that_text_pass() -> None:
    rule = (REGEX, FLAG, r"(b+)+c")
    assert matched("b" * 4_000, rule) is None
    assert matched("bbc", rule) is not None


def test_ten_thousand_words_are_one_look_at_a_text() -> None:
    """Each word of a text is looked up once, so no word of the list is compared with it in vain."""
    rules = patterns.compiled(Pattern(WORDS, FLAG, f"word{n} more") for n in range(10_000))
    assert len(rules.by_first_word) == 10_000
    assert rules.match("nothing of that") is None
    assert rules.match("and then word9999 more") is not None


@pytest.mark.parametrize("repeated", ["a", "1.", "a-", "⒈", "a.b", "@ab-1.", "www.", "ab.cd1.", "a.com/"])
def test_a_long_text_is_looked_through_for_addresses_in_its_length(repeated: str) -> None:
    text, ready = repeated * (200_000 // len(repeated)), patterns.compiled([Pattern(ADDRESS, FLAG, "example.org/a")])
    began = time.process_time()
    assert "example.org" not in patterns.addresses_in(text)
    ready.match(f"{text}.com{'/a' * 20_000}")
    assert time.process_time() - began < 10, (
        "it took minutes, or the memory, where each part was looked at from each other"
    )


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("xhttps://www.example.com", ["example.com"]),
        ("..example.com, _a.example.com", ["example.com", "_a.example.com"]),
        ("@handle-my.site.org", ["t.me/handle", "-my.site.org"]),
        ("@www.shop.example.com", ["t.me/www", "shop.example.com"]),
        ("1.2.example.c0m.org", ["1.2.example.c0m.org"]),
        ("a.com1.b", ["a.com"]),
    ],
)
def test_addresses_are_found_wherever_they_begin(text: str, addresses: list[str]) -> None:
    assert list(patterns.addresses_in(text)) == addresses


def test_the_longest_rule_about_an_address_is_found_however_long_the_address_is() -> None:
    rules = (ADDRESS, FLAG, "example.com"), (ADDRESS, FLAG, "a.example.com/x/y")
    match = matched(f"a.example.com/x/y/{'z/' * 1_000}", *rules)
    assert match is not None
    assert match.label == "address: a.example.com/x/y"
    assert matched(f"{'b.' * 1_000}example.com/x", *rules) is not None


def test_a_lists_expressions_have_one_time_to_be_tried_in() -> None:
    moments = iter((0.0, 1.0, 3.0))
    trials = Trials(seconds=2.0, clock=moments.__next__)
    assert patterns.checked(RuleKind.REGEX, "first", trials) == "first"
    with pytest.raises(UnsuitablePattern, match="it went as far as 'second'"):
        patterns.checked(RuleKind.REGEX, "second", trials)
