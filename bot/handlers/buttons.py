"""A pressed button: under a notice, a digest or a held message, a pardon, or a choice in a menu."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session
from telegram import CallbackQuery, Message, Update

from bot import texts
from bot.context import Context
from bot.handlers import held, many, policies_menu, presses, reactions, settings_menu, why
from jobs import send
from storage.models import ActionKind, Correction
from storage.moderation import cases, corrections, explanations, pardons, raids, verdicts
from storage.moderation.corrections import Decision
from storage.moderation.requested_actions import requests
from telegram_ui.buttons import (
    CaseButton,
    ChoiceButton,
    CorrectionButton,
    HoldButton,
    PardonButton,
    PolicyButton,
    RaidButton,
    ReactorButton,
    ShowButton,
    WhyButton,
)
from telegram_ui.language import sentences

SHOWN_AT_ONCE = 5  # notices posted for one press: fewer than a chat has its fill of


async def on_press(update: Update, context: Context) -> bool:
    """Do what the button stands for. Returns whether it is one of hamlet's."""
    query = update.callback_query
    if query is None:
        return False
    for kind, handle in BUTTONS:
        button = kind.parse(query.data)
        if button is not None:
            await handle(update, context, query, button)
            return True
    return False


async def _on_correction(update: Update, context: Context, query: CallbackQuery, button: CorrectionButton) -> None:
    """Correct the verdict, if the person moderates the message's group now."""
    judged = await presses.judged_by(update, context, query, button.verdict_id)
    if judged is None:
        return
    say, user = sentences(judged.language).gettext, query.from_user
    if button.is_spam and await context.administrators.wrote(context.bot, judged):
        await presses.refuse(update, context, query, texts.of_an_administrator(say))
        return
    decision = Decision(button.verdict_id, f"telegram:{user.id}", user.full_name, button.is_spam)
    correction = await context.database.settle(update, lambda session: _correct(session, decision))
    await asyncio.to_thread(send.act, correction.verdict_id)
    await presses.answer(query, texts.stored(say, button.is_spam), is_alert=False)


def _correct(session: Session, decision: Decision) -> Correction:
    """Apply "spam" to the message as it is by now, edited perhaps since the moderator read it, and "not spam" to what they saw."""
    if decision.is_spam:
        decision = replace(decision, verdict_id=verdicts.newest_flag(session, decision.verdict_id))
    return corrections.correct(session, decision)


async def _on_question(update: Update, context: Context, query: CallbackQuery, button: WhyButton) -> None:
    """Say why the message was flagged: at once in short, and in full when the worker has looked."""
    judged = await presses.judged_by(update, context, query, button.verdict_id)
    if judged is None:
        return
    await context.database.settle(update, lambda session: explanations.ask(session, button.verdict_id))
    await presses.answer(query, texts.why(sentences(judged.language).gettext, judged))
    await asyncio.to_thread(send.explain, button.verdict_id)
    if isinstance(query.message, Message):
        why.explain_later(context, query.message, judged)


async def _on_raid(update: Update, context: Context, query: CallbackQuery, raid: RaidButton) -> None:
    """Decide that everything the digest stands for is spam, if the person moderates the chat now."""
    chat = await presses.moderated_chat(update, context, query, raid.chat_id)
    if chat is None:
        return
    administrator_ids = await context.administrators.of(context.bot, chat.external_id)

    def undecided(session: Session) -> list[int]:
        return raids.undecided(session, raid.chat_id, raid.first, raid.last, many.AT_ONCE, administrator_ids)

    count = await many.decide(context.database, update, query.from_user, True, undecided)
    await context.database.mark_handled(update)
    await presses.answer(query, texts.raid_decided(sentences(chat.language).gettext, count))


async def _on_case(update: Update, context: Context, query: CallbackQuery, button: CaseButton) -> None:
    """Decide that all of a flood is spam, or nothing of it, if the person moderates the chat now."""
    chat_id = await context.database.read(cases.chat_of, button.case_id)
    chat = await presses.moderated_chat(update, context, query, chat_id or 0)
    if chat is None:
        return
    actor = f"telegram:{query.from_user.id}"
    spared_ids = await context.administrators.of(context.bot, chat.external_id) if button.is_spam else frozenset()

    def undecided(session: Session) -> list[int]:
        return cases.undecided(session, button.case_id, actor, button.is_spam, many.AT_ONCE, spared_ids)

    count = await many.decide(context.database, update, query.from_user, button.is_spam, undecided)
    await context.database.mark_handled(update)
    await presses.answer(query, texts.case_decided(sentences(chat.language).gettext, count, button.is_spam))


async def _on_show(update: Update, context: Context, query: CallbackQuery, show: ShowButton) -> None:
    """Post notices of the next few that the digest stands for, if the person moderates the chat now."""
    chat = await presses.moderated_chat(update, context, query, show.chat_id)
    if chat is not None:
        count = await context.database.settle(update, lambda session: _show_some(session, show))
        await presses.answer(query, texts.digest_shown(sentences(chat.language).gettext, count), is_alert=not count)


def _show_some(session: Session, show: ShowButton) -> int:
    verdict_ids = raids.undecided(session, show.chat_id, show.first, show.last, SHOWN_AT_ONCE)
    for verdict_id in verdict_ids:
        requests.ask_once(session, verdict_id, ActionKind.NOTIFY)
    return len(verdict_ids)


async def _on_pardon(update: Update, context: Context, query: CallbackQuery, pardon: PardonButton) -> None:
    """Take back what an order did to somebody, if the person moderates the chat now."""
    chat = await presses.moderated_chat(update, context, query, pardon.chat_id)
    if chat is not None:
        count = await context.database.settle(update, lambda session: pardons.grant(session, chat.id, pardon.user_id))
        await presses.answer(query, texts.pardoned(sentences(chat.language).gettext, count))


BUTTONS: tuple[tuple[Any, Any], ...] = (
    (CorrectionButton, _on_correction),
    (WhyButton, _on_question),
    (RaidButton, _on_raid),
    (ShowButton, _on_show),
    (CaseButton, _on_case),
    (PardonButton, _on_pardon),
    (ChoiceButton, settings_menu.on_choice),
    (PolicyButton, policies_menu.on_press),
    (HoldButton, held.on_press),
    (ReactorButton, reactions.on_press),
)
