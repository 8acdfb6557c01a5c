"""What any member may ask in private: what is stored about me, forget it, hear me after a ban."""

from __future__ import annotations

from telegram import Update
from telegram.ext import ContextTypes

from bot import texts
from bot.memory import Memory
from jobs.language import sentences
from storage.queries import joins, members

Context = ContextTypes.DEFAULT_TYPE


def _of(update: Update, context: Context) -> tuple[Memory, texts.Say]:
    memory: Memory = context.application.bot_data["memory"]
    user = update.effective_user
    return memory, sentences((user.language_code or "en")[:2] if user else "en").gettext


async def on_mydata(update: Update, context: Context) -> None:
    """/mydata: counts, chat by chat."""
    memory, say = _of(update, context)
    user, message = update.effective_user, update.message
    await memory.settle(update, lambda _: None)
    if user is not None and message is not None:
        found = await memory.read(members.about, user.id)
        reports, joined = await memory.read(members.reports_by, user.id), await memory.read(joins.count, user.id)
        await message.reply_text(texts.my_data(say, found, reports, joined))


async def on_forget(update: Update, context: Context) -> None:
    """/forget: texts and names go for good, once the person says so twice."""
    memory, say = _of(update, context)
    user, message = update.effective_user, update.message
    if user is None or message is None or (context.args or []) != ["yes"]:
        await memory.settle(update, lambda _: None)
        if message is not None:
            await message.reply_text(texts.forget_how(say))
        return
    count = await memory.settle(update, lambda session: members.forget(session, user.id))
    await message.reply_text(texts.forgotten(say, count))


async def on_appeal(update: Update, context: Context) -> None:
    """/appeal why: the moderators see the case again, once."""
    memory, say = _of(update, context)
    user, message = update.effective_user, update.message
    if user is None or message is None:
        await memory.settle(update, lambda _: None)
        return
    said = " ".join(context.args or [])
    outcome = await memory.settle(update, lambda session: members.appeal(session, user.id, said, user.full_name))
    await message.reply_text(texts.appealed(say, outcome))
