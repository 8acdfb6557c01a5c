"""Moderators' commands about a group's own rules: /rules, /flag, /allow, /unrule."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Update

from bot import texts
from bot.context import Context
from bot.handlers.group_commands import answer_for_groups, moderated_groups
from bot.handlers.presses import Answer
from bot.rights import Actor
from storage.errors import TooManyRules, UnknownRule
from storage.models import Chat, RuleEffect, RuleKind
from storage.moderation.policies import patterns, rules
from storage.moderation.policies.expressions import UnsuitablePattern
from storage.moderation.policies.rules import CheckedRule, NewRule
from telegram_ui.language import sentences

Tried = NewRule | UnsuitablePattern  # a rule, or why it cannot be used
SHOWN = 30  # rules in one answer, the newest first


async def on_rules(update: Update, context: Context) -> bool:
    """/rules: the group's rules with their numbers, and how they are changed."""
    return await answer_for_groups(update, context, partial(_list, site=context.site))


async def on_flag(update: Update, context: Context) -> bool:
    """/flag WORDS: a rule that always flags them."""
    return await _add(update, context, RuleEffect.FLAG)


async def on_allow(update: Update, context: Context) -> bool:
    """/allow WORDS: a rule that keeps them from being flagged."""
    return await _add(update, context, RuleEffect.ALLOW)


async def on_unrule(update: Update, context: Context) -> bool:
    """/unrule NUMBER: the rule is removed."""
    number = " ".join(context.args or [])
    return await answer_for_groups(update, context, partial(_remove, number=number))


async def _add(update: Update, context: Context, effect: RuleEffect) -> bool:
    """Without a pattern the rules are listed, which says how one is written."""
    pattern = " ".join(context.args or [])
    if not pattern:
        return await on_rules(update, context)
    kind, bare = kind_of(pattern)
    new = NewRule(kind, effect, bare)
    rule: Tried = new
    if kind == RuleKind.REGEX and update.message is not None and await moderated_groups(context, update.message):
        rule = await asyncio.to_thread(_tried, new)  # once, and before anything is written
    return await answer_for_groups(update, context, partial(_add_one, rule=rule))


def _list(session: Session, chat: Chat, _actor: Actor, *, site: str) -> Answer:
    every = rules.every(session, chat.id)
    return texts.rules(sentences(chat.language).gettext, chat, every[: -SHOWN - 1 : -1], len(every), site), None


def _tried(rule: NewRule) -> Tried:
    try:
        return CheckedRule(rule.kind, rule.effect, patterns.checked(rule.kind, rule.pattern))
    except UnsuitablePattern as error:
        return error


def _add_one(session: Session, chat: Chat, actor: Actor, *, rule: Tried) -> Answer:
    say = sentences(chat.language).gettext
    if isinstance(rule, UnsuitablePattern):
        return texts.rule_refused(say, str(rule)), None
    try:
        rules.add(session, chat.id, [rule], actor.actor)
    except (UnsuitablePattern, TooManyRules) as error:
        return texts.rule_refused(say, str(error)), None
    return texts.rule_added(say, chat, rule.effect, rule.pattern), None


def _remove(session: Session, chat: Chat, actor: Actor, *, number: str) -> Answer:
    say = sentences(chat.language).gettext
    rule_id = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    try:
        rule = rules.remove(session, chat.id, rule_id, actor.actor)
    except UnknownRule:
        return texts.no_such_rule(say, chat), None
    return texts.rule_removed(say, chat, rule.pattern), None


def kind_of(pattern: str) -> tuple[RuleKind, str]:
    """What was typed behind a command: /expression/, an address, or words."""
    if len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/"):
        return RuleKind.REGEX, pattern[1:-1]
    addresses = list(patterns.addresses_in(pattern))
    is_address = len(addresses) == 1 and len(pattern.split()) == 1
    return (RuleKind.ADDRESS if is_address else RuleKind.WORDS), pattern
