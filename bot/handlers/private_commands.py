"""Commands in private: what the bot is, what it stores about a person, erasure, an appeal, a link to the review site."""

from __future__ import annotations

from telegram import LinkPreviewOptions, Update, User

from bot import logins, texts
from bot.context import Context
from storage.access import chats, joins, trust
from storage.access import logins as stored_logins
from storage.moderation import appeals, listings, reactors
from storage.privacy import members
from telegram_ui.language import language_of, sentences


def _say_to(user: User | None) -> texts.Say:
    return sentences(language_of(user.language_code if user else None)).gettext


async def on_start(update: Update, context: Context) -> bool:
    """/start: what the bot is."""
    await context.database.mark_handled(update)
    if update.message is not None:
        await update.message.reply_text(texts.start(_say_to(update.message.from_user)))
    return True


async def on_mydata(update: Update, context: Context) -> bool:
    """/mydata: counts, chat by chat."""
    user, message, database = update.effective_user, update.message, context.database
    await database.mark_handled(update)
    if user is not None and message is not None:
        by_chat = await database.read(members.about, user.id)
        n_reports, n_joins = await database.read(members.reports_by, user.id), await database.read(joins.count, user.id)
        n_trusting, n_listings = await database.read(trust.count, user.id), await database.read(listings.count, user.id)
        n_reactors = await database.read(reactors.count, user.id)
        await message.reply_text(
            texts.my_data(_say_to(user), by_chat, n_reports, n_joins, n_trusting, n_listings, n_reactors)
        )
    return True


async def on_forget(update: Update, context: Context) -> bool:
    """/forget: texts and names are erased for good, once the person says so twice."""
    user, message = update.effective_user, update.message
    if user is None or message is None or (context.args or []) != ["yes"]:
        await context.database.mark_handled(update)
        if message is not None:
            await message.reply_text(texts.forget_how(_say_to(user)))
        return True
    count = await context.database.settle(update, lambda session: members.forget(session, user.id))
    await message.reply_text(texts.forgotten(_say_to(user), count))
    return True


async def on_appeal(update: Update, context: Context) -> bool:
    """/appeal with the reason: the moderators see the case again, once."""
    user, message = update.effective_user, update.message
    if user is None or message is None:
        return False
    reason = " ".join(context.args or [])
    is_new = await context.database.settle(
        update, lambda session: appeals.appeal(session, user.id, reason, user.full_name)
    )
    await message.reply_text(texts.appealed(_say_to(user), is_new))
    return True


async def on_review(update: Update, context: Context) -> bool:
    """/review: a link that opens the review site once, with the groups this person moderates and no others."""
    user, message, database = update.effective_user, update.message, context.database
    if user is None or message is None:
        return False
    groups = await database.read(chats.groups, logins.MOST_CHATS, context.common_chat_id)
    chat_ids = await logins.moderated(context.bot, groups, user.id)
    if not chat_ids:
        await database.mark_handled(update)
        await message.reply_text(texts.nothing_to_review(_say_to(user)))
        return True
    token = await database.settle(
        update, lambda session: stored_logins.new_moderators_link(session, user.full_name, user.id, chat_ids)
    )
    text = texts.login_link(_say_to(user), f"{context.site}/login?token={token}")
    no_preview = LinkPreviewOptions(is_disabled=True)  # a preview would show strangers nothing but a button
    await message.reply_text(text, link_preview_options=no_preview, protect_content=True)
    return True
