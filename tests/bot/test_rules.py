"""A group's own rules, kept by its moderators with commands."""

from __future__ import annotations

import pytest

from bot.handlers.rule_commands import kind_of
from storage.models import Mode, RuleKind
from storage.moderation.policies import rules
from storage.session import reading
from tests.bot.stories import ANN, EVE, GROUP, MAX
from tests.bot.world import World


def say(world: World, text: str, who: dict[str, object] = ANN) -> str:
    world.telegram.say(GROUP, who, text)
    world.settle()
    return str(world.telegram.sent_to(GROUP)[-1]["text"])


def patterns(world: World) -> list[str]:
    with reading(world.engine) as session:
        return [rule.pattern for rule in rules.every(session, world.chat(GROUP).id)]


def test_a_word_that_a_moderator_flags_is_flagged_from_then_on(world: World) -> None:
    assert "“roulette” is always flagged" in say(world, "/flag roulette")
    notice = say(world, "come to my ROULETTE", EVE)
    assert "rule of this chat: words: roulette" in notice
    world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], "Why?")
    world.hear()
    world.explain(parts={}, ngrams=[], nearest=[])
    assert "this chat's rule “words: roulette”" in str(world.telegram.called("answerCallbackQuery")[-1]["text"])


def test_an_allowed_word_keeps_a_message(world: World) -> None:
    world.mode(Mode.ENFORCE)
    say(world, "/allow garden tools")
    message = world.telegram.say(GROUP, EVE, "buy garden tools")
    world.settle()
    assert (GROUP, message) in world.telegram.messages


def test_rules_are_listed_and_removed_by_number(world: World) -> None:
    assert "There is none yet" in say(world, "/rules")
    say(world, "/flag casino.example")
    assert "1. casino.example: always flagged" in say(world, "/rules")
    assert "no rule of that number" in say(world, "/unrule 7")
    assert "is removed" in say(world, "/unrule 1")
    assert patterns(world) == []


def test_a_wrong_expression_is_refused_with_its_place(world: World) -> None:
    assert "wrong at character" in say(world, "/flag /buy(/")
    assert patterns(world) == []


def test_a_members_rule_is_a_message_like_any_other(world: World) -> None:
    say(world, "/rules")
    world.telegram.say(GROUP, MAX, "/flag hello")
    world.settle()
    assert patterns(world) == []


@pytest.mark.parametrize(
    ("typed", "kind", "pattern"),
    [
        ("free money", RuleKind.WORDS, "free money"),
        ("example.com", RuleKind.ADDRESS, "example.com"),
        ("@seller", RuleKind.ADDRESS, "@seller"),
        ("see example.com", RuleKind.WORDS, "see example.com"),
        ("/[0-9]+/", RuleKind.REGEX, "[0-9]+"),
    ],
)
def test_what_is_typed_tells_its_kind(typed: str, kind: RuleKind, pattern: str) -> None:
    assert kind_of(typed) == (kind, pattern)
