"""A chat's own rules: words, addresses and regular expressions that always flag a message, or keep it from being flagged.

A rule decides about a verdict; it teaches nothing unless a moderator confirms.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.access import audit, chats
from storage.errors import TooManyRules, UnknownRule
from storage.models import Chat, Rule, RuleEffect, RuleKind
from storage.moderation.policies import expressions, patterns
from storage.moderation.policies.opinions import Opinion, Subject
from storage.moderation.policies.patterns import Compiled, Pattern
from storage.moderation.policies.slow_expressions import SlowExpressions

MOST = 20_000  # rules of one chat
MOST_EXPRESSIONS = 100  # regular expressions among them: each is searched for by itself
MOST_CHATS = 500  # whose compiled rules are kept


@dataclass(frozen=True)
class NewRule:
    """A rule that somebody wants to have."""

    kind: RuleKind
    effect: RuleEffect
    pattern: str
    reason: str = ""


@dataclass(frozen=True)
class CheckedRule(NewRule):
    """One that is in the form in which it is stored, can be used, and fits into its chat."""


@dataclass
class Cache:
    """Compiled rules by their revision, the chats asked least recently forgotten first."""

    by_revision: OrderedDict[str, Compiled] = field(default_factory=OrderedDict)
    slow: defaultdict[int, SlowExpressions] = field(default_factory=lambda: defaultdict(SlowExpressions))  # by chat

    def get(self, revision: str) -> Compiled | None:
        if revision in self.by_revision:
            self.by_revision.move_to_end(revision)
        return self.by_revision.get(revision)

    def put(self, revision: str, compiled: Compiled) -> Compiled:
        self.by_revision[revision] = compiled
        if len(self.by_revision) > MOST_CHATS:
            self.by_revision.popitem(last=False)
        return compiled


_CACHE = Cache()


def opinions(session: Session, subjects: Sequence[Subject]) -> Mapping[int, Opinion]:
    """What the chats' own rules say of the messages that they decide about."""
    matches = {
        subject.message.id: of_chat(session, subject.chat).match(subject.message.text)
        for subject in subjects
        if subject.settings.rules_revision
    }
    return {row: Opinion(match.is_spam, match.label) for row, match in matches.items() if match is not None}


def of_chat(session: Session, chat: Chat) -> Compiled:
    """The chat's rules, compiled once and kept until they change."""
    revision = chat.chosen.rules_revision
    if not revision:
        return Compiled()
    if (ready := _CACHE.get(revision)) is None:
        rules = map(pattern_of, every(session, chat.id))
        ready = _CACHE.put(revision, patterns.compiled(rules, _CACHE.slow[chat.id]))
    return ready


def pattern_of(rule: Rule | NewRule) -> Pattern:
    """The rule as texts are compared with it."""
    return Pattern(rule.kind, rule.effect, rule.pattern, rule.reason)


def every(session: Session, chat_id: int) -> list[Rule]:
    """The chat's rules, the oldest first."""
    return list(session.scalars(select(Rule).where(Rule.chat_id == chat_id).order_by(Rule.id)))


def add(session: Session, chat_id: int, new: Sequence[NewRule], by: str) -> int:
    """Add rules; one that the chat has already gets the new effect and reason. Returns how many are new.

    Those that were checked before, outside the transaction, are not tried again.
    Raises UnsuitablePattern, with nothing added, UnknownChat, and TooManyRules where the chat would have more than MOST.
    """
    chat = chats.get(session, chat_id)
    present = {(rule.kind, rule.pattern): rule for rule in every(session, chat_id)}
    _require_room({*present, *map(_key, new)})
    new_rules = {_key(rule): rule for rule in _checked(new)}
    for (kind, pattern), rule in new_rules.items():
        if (existing := present.get((kind, pattern))) is not None:
            existing.effect, existing.reason = rule.effect, rule.reason
        else:
            row = Rule(kind=kind, effect=rule.effect, pattern=pattern, reason=rule.reason)
            row.chat_id, row.created_by = chat_id, by
            session.add(row)
    session.flush()
    audit.note(session, by, "rules", _summary(new_rules), chat_id)
    _renew(session, chat)
    return len(new_rules.keys() - present.keys())


def checked(session: Session, chat_id: int, new: Sequence[NewRule]) -> list[CheckedRule]:
    """The rules, if the chat has room for them all, which is counted first, and each can be used.

    Raises UnsuitablePattern and TooManyRules.
    """
    present = session.execute(select(Rule.kind, Rule.pattern).where(Rule.chat_id == chat_id))
    _require_room({*((kind, pattern) for kind, pattern in present), *map(_key, new)})
    return _checked(new)


def _checked(new: Sequence[NewRule]) -> list[CheckedRule]:
    trials = expressions.Trials()
    return [
        rule
        if isinstance(rule, CheckedRule)
        else CheckedRule(rule.kind, rule.effect, patterns.checked(rule.kind, rule.pattern, trials), rule.reason)
        for rule in new
    ]


def _key(rule: NewRule) -> tuple[RuleKind, str]:
    """What no two rules of a chat have in common."""
    return rule.kind, patterns.stored(rule.pattern)


def _require_room(rules: set[tuple[RuleKind, str]]) -> None:
    expressions = sum(kind == RuleKind.REGEX for kind, _ in rules)
    if len(rules) > MOST or expressions > MOST_EXPRESSIONS:
        raise TooManyRules(MOST, MOST_EXPRESSIONS)


def _summary(new_rules: Mapping[tuple[RuleKind, str], NewRule]) -> str:
    """What the audit says of added rules."""
    first = [f"{rule.effect} {kind}: {pattern}" for (kind, pattern), rule in list(new_rules.items())[:5]]
    return "; ".join(first) + (f" and {len(new_rules) - 5} more" if len(new_rules) > 5 else "")


def remove(session: Session, chat_id: int, rule_id: int, by: str) -> Rule:
    """Remove one rule. Raises UnknownChat, and UnknownRule where the chat has no such rule."""
    chat, rule = chats.get(session, chat_id), session.get(Rule, rule_id)
    if rule is None or rule.chat_id != chat_id:
        raise UnknownRule(rule_id)
    session.execute(delete(Rule).where(Rule.id == rule_id))
    audit.note(session, by, "rules", f"removed {rule.effect} {rule.kind}: {rule.pattern}", chat_id)
    _renew(session, chat)
    return rule


def _renew(session: Session, chat: Chat) -> None:
    """Give the chat's rules another revision, or none where none is left."""
    count = session.scalars(select(func.count()).where(Rule.chat_id == chat.id)).one()
    chats.store(session, chat, rules_revision=uuid.uuid4().hex if count else "")
