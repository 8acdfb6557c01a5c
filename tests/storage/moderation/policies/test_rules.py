"""A chat's own rules decide about verdicts whatever the score, and teach nothing by themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from storage.access import audit, chats
from storage.errors import TooManyRules, UnknownRule
from storage.models import ActionKind, Chat, Mode, RuleEffect, RuleKind, Verdict
from storage.moderation.policies import rules
from storage.moderation.policies.expressions import UnsuitablePattern
from storage.moderation.policies.rules import CheckedRule, NewRule
from storage.session import reading, transaction
from tests.storage import given

FLAG, ALLOW = RuleEffect.FLAG, RuleEffect.ALLOW


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    with transaction(sqlite_engine) as session:
        chats.on_telegram(session, -100123)
    return sqlite_engine


def has_rules(engine: Engine, *new: NewRule) -> int:
    with transaction(engine) as session:
        return rules.add(session, 1, new, "web:ann")


def words(pattern: str, effect: RuleEffect = FLAG, reason: str = "") -> NewRule:
    return NewRule(RuleKind.WORDS, effect, pattern, reason)


def verdict(engine: Engine, text: str, score: float) -> Verdict:
    verdict_id = given.verdict(engine, given.version(engine), given.incoming(text, 2), score)
    with reading(engine) as session:
        return session.get_one(Verdict, verdict_id)


def test_a_rule_flags_whatever_the_score(engine: Engine) -> None:
    has_rules(engine, words("casino", reason="asked by the group"))
    found = verdict(engine, "the casino is open", 0.01)
    assert (found.is_spam, found.score) == (True, 0.01)
    assert found.rule == "words: casino (asked by the group)"


def test_a_rule_keeps_a_message_from_being_flagged(engine: Engine) -> None:
    has_rules(engine, words("hamlet", ALLOW))
    found = verdict(engine, "hamlet, free money", 0.99)
    assert (found.is_spam, found.rule) == (False, "words: hamlet")
    assert given.kinds(engine) == []


def test_what_no_rule_is_about_is_judged_by_its_score(engine: Engine) -> None:
    has_rules(engine, words("casino"))
    found = verdict(engine, "free money", 0.99)
    assert (found.is_spam, found.rule) == (True, None)


def test_a_rules_flag_is_clear_where_hamlet_acts_by_itself(engine: Engine) -> None:
    given.mode(engine, Mode.ENFORCE)
    has_rules(engine, words("casino"))
    verdict(engine, "the casino is open", 0.01)
    assert set(given.kinds(engine)) == {ActionKind.DELETE, ActionKind.BAN, ActionKind.NOTIFY}


def test_a_rule_teaches_nothing(engine: Engine) -> None:
    has_rules(engine, words("casino"))
    found = verdict(engine, "the casino is open", 0.01)
    assert given.learned(engine) == []
    given.corrected(engine, found.id, "telegram:1", True)
    assert given.learned(engine) == [("the casino is open", True)]


def test_a_changed_rule_holds_from_the_next_message_on(engine: Engine) -> None:
    has_rules(engine, words("casino"))
    has_rules(engine, words("casino", ALLOW))
    assert not verdict(engine, "the casino is open", 0.99).is_spam
    with transaction(engine) as session:
        [rule] = rules.every(session, 1)
        rules.remove(session, 1, rule.id, "web:ann")
        assert session.get_one(Chat, 1).chosen.rules_revision == ""


def test_rules_are_of_one_chat(engine: Engine) -> None:
    has_rules(engine, words("casino"))
    elsewhere = given.incoming("the casino is open", 1, chat_external_id=-100999)
    verdict_id = given.verdict(engine, given.version(engine), elsewhere, 0.01)
    with transaction(engine) as session:
        assert not session.get_one(Verdict, verdict_id).is_spam
        [rule] = rules.every(session, 1)
        with pytest.raises(UnknownRule):
            rules.remove(session, 2, rule.id, "web:ann")


def test_one_unsuitable_pattern_adds_none(engine: Engine) -> None:
    with pytest.raises(UnsuitablePattern):
        has_rules(engine, words("casino"), NewRule(RuleKind.REGEX, FLAG, "("))
    with reading(engine) as session:
        assert rules.every(session, 1) == []


def test_a_chat_has_no_more_expressions_than_can_be_searched_for(engine: Engine) -> None:
    expressions = [NewRule(RuleKind.REGEX, FLAG, f"word{n}") for n in range(rules.MOST_EXPRESSIONS + 1)]
    with pytest.raises(TooManyRules):
        has_rules(engine, *expressions)


def test_who_added_rules_is_in_the_audit(engine: Engine) -> None:
    assert has_rules(engine, *(words(f"word{n}") for n in range(7))) == 7
    with reading(engine) as session:
        [(entry, _)] = audit.page(session, None)
        assert "and 2 more" in entry.detail
        assert session.scalars(select(Chat.settings)).first()


def test_expressions_are_counted_before_one_is_compiled(engine: Engine) -> None:
    many = [NewRule(RuleKind.REGEX, FLAG, f"buy{n}(") for n in range(rules.MOST_EXPRESSIONS + 1)]
    with pytest.raises(TooManyRules):
        has_rules(engine, *many)
    with reading(engine) as session, pytest.raises(TooManyRules):
        rules.checked(session, 1, many)


def test_what_was_checked_is_not_tried_again(engine: Engine) -> None:
    with pytest.raises(UnsuitablePattern):
        has_rules(engine, NewRule(RuleKind.REGEX, FLAG, ".*"))
    assert has_rules(engine, CheckedRule(RuleKind.REGEX, FLAG, ".*")) == 1
