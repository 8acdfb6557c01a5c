"""Policies: what a chat has chosen beyond its mode. Each is a module of its own, asked at one of four places.

`BEFORE` is asked about every message before its verdict is stored, `AFTER_VERDICTS` when verdicts are stored,
`AFTER_DECISION` when a moderator's correction is accepted, and `AFTER_WITHDRAWAL` when a message's only one is taken
back, each in this order. To take a policy out: delete its module, its lines here and its tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from storage.models import Chat, Correction, Message, Standing
from storage.moderation.policies import (
    ban_sharing,
    floods,
    holds,
    known_pictures,
    report_hiding,
    reporters,
    rules,
    scripts,
    second_opinion,
    suspect_accounts,
    webhook,
    whole_author,
)
from storage.moderation.policies.opinions import SILENT, Judged, Opinion, Subject

BEFORE: tuple[Callable[[Session, Sequence[Subject]], Mapping[int, Opinion]], ...] = (
    known_pictures.opinions,  # pictures like one that moderators called spam
    rules.opinions,  # the chat's own words, addresses and regular expressions
    holds.opinions,  # what newcomers bring beside words
    scripts.opinions,  # scripts in which only newcomers write
)
AFTER_VERDICTS: tuple[Callable[[Session, Sequence[Judged]], Iterable[int]], ...] = (
    report_hiding.after_verdicts,  # what enough members reported before it was judged is hidden
    floods.after_verdicts,  # newcomers' messages that say the same, or come at once, have one notice
    second_opinion.after_verdicts,  # another model is asked about doubtful flags
    suspect_accounts.after_verdicts,  # deleted accounts and listed spammers are shown to moderators
)
AFTER_DECISION: tuple[Callable[[Session, Correction, Chat], None], ...] = (
    whole_author.after_decision,  # what else a spammer wrote is deleted
    report_hiding.after_decision,  # what reports had hidden is posted again
    reporters.after_decision,  # reporters are told what came of it
    known_pictures.after_decision,  # what a spammer showed is known again
    floods.after_decision,  # the notice of a flood says what is decided
    ban_sharing.after_decision,  # a spammer is banned in the other groups that share bans
    webhook.after_decision,  # the operator's webhook is informed
)
AFTER_WITHDRAWAL: tuple[Callable[[Session, Correction], None], ...] = (
    ban_sharing.undo,  # what other groups did for the decision is undone
)


def opinions(
    session: Session, held: Sequence[tuple[Message, Chat]], standings: Mapping[tuple[int, int | None], Standing]
) -> dict[int, Opinion]:
    """What the policies say of each message (by its row). Chats that have chosen nothing cost nothing."""
    subjects = [
        Subject(message, chat, chat.chosen, standings.get((chat.id, message.author_id), Standing.UNKNOWN))
        for message, chat in held
        if chat.settings
    ]
    answers: dict[int, Opinion] = {}
    for policy in BEFORE if subjects else ():
        for row, opinion in policy(session, subjects).items():
            answers[row] = answers.get(row, SILENT).and_then(opinion)
    return answers


def after_verdicts(session: Session, judged: Sequence[Judged]) -> list[int]:
    """Let policies follow new verdicts. Returns the verdicts for which they ask for an action."""
    return [verdict_id for policy in AFTER_VERDICTS for verdict_id in policy(session, judged)]


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Let policies follow a moderator's accepted correction in this Telegram group."""
    for policy in AFTER_DECISION:
        policy(session, correction, chat)


def after_withdrawal(session: Session, correction: Correction) -> None:
    """Let policies follow the withdrawal of a message's only correction in a Telegram group."""
    for policy in AFTER_WITHDRAWAL:
        policy(session, correction)
