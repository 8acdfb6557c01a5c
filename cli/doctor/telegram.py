"""What Telegram says: whether the token is valid, what time it is, and how the webhook does."""

from __future__ import annotations

import email.utils
import time
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from actions.settings import ActionsSettings
from bot.settings import BotSettings
from cli.doctor import rights
from cli.doctor.bot_api import Answer, Api, NoAnswer
from cli.doctor.installation import clock
from cli.doctor.line import Check, Line, nothing, right, wrong
from cli.doctor.running import results
from jobs.proxies import UnusableProxy
from storage.errors import StorageError
from storage.models import now

SECONDS = 8.5  # for all calls together
MOST_WAITING = 1_000  # updates; a busy hour of many groups
RECENT = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(seconds=10)  # Telegram's header says whole seconds, and an answer takes some
FROM_BOTFATHER = "get one from @BotFather and set HAMLET_TELEGRAM_TOKEN"


def checks() -> list[Check]:
    return [Check("Telegram", _telegram, SECONDS + 0.5)]


def _telegram() -> list[Line]:
    """The token first, for without a valid one nothing else can be."""
    if ActionsSettings().telegram_token is None:
        return [nothing("Telegram", "off, because HAMLET_TELEGRAM_TOKEN is not set")]
    try:
        with closing(Api(BotSettings())) as api:
            return _of_telegram(api)
    except UnusableProxy as error:
        return [wrong("Telegram", str(error), "")]
    except NoAnswer as error:
        remedy = "check the network, HAMLET_TELEGRAM_API_URL and the proxies of the environment"
        return [wrong("Telegram", f"does not answer ({error})", remedy)]


def _of_telegram(api: Api) -> list[Line]:
    """Raises NoAnswer where Telegram does not even say whose token it is."""
    started, settings = time.monotonic(), BotSettings()
    me = api.call("getMe")
    lines = of_bot(me, now())
    if me.error is not None:
        return lines
    left = SECONDS - (time.monotonic() - started)
    return lines + results([Check("webhook", lambda: [_webhook(api, settings)]), *_rights(api, settings)], left)


def _rights(api: Api, settings: BotSettings) -> list[Check]:
    try:
        return rights.checks(api, settings)
    except StorageError:  # the database has a line of its own
        return [Check("rights", lambda: [nothing("rights", "the database, which knows the groups, cannot be read")])]


def of_bot(me: Answer, present: datetime) -> list[Line]:
    """The token, Telegram's clock and the bot's privacy mode, read off getMe."""
    if me.code in (401, 404):
        return [wrong("Telegram", "the token is not valid", FROM_BOTFATHER)]
    if me.error is not None:
        return [wrong("Telegram", f"answers {me.code}: {me.error}", "try again in a minute")]
    lines = [right("Telegram", f"answers, and the token is that of @{me.result.get('username', '?')}")]
    if me.date is not None:
        lines.append(clock("Telegram's clock", email.utils.parsedate_to_datetime(me.date) - present, CLOCKS_DIFFER))
    if not me.result.get("can_read_all_group_messages"):
        lines.append(
            wrong("privacy mode", "on, so the bot sees commands only", "turn it off at @BotFather: /setprivacy")
        )
    return lines


def _webhook(api: Api, settings: BotSettings) -> Line:
    try:
        answer = api.call("getWebhookInfo")
    except NoAnswer as error:
        return nothing("webhook", f"no answer ({error})")
    if answer.error is not None:
        return nothing("webhook", f"Telegram answers {answer.code}: {answer.error}")
    return of_webhook(answer.result, settings.telegram_webhook_url, now())


def of_webhook(info: dict[str, Any], url: str | None, present: datetime) -> Line:
    """Whether updates arrive as the settings say. Addresses are not shown, for one may hold a secret."""
    what, waiting = "webhook", int(info.get("pending_update_count", 0))
    if info.get("url", "") != (url or ""):
        state = "Telegram has one, and hamlet polls" if not url else "Telegram has another address, or none"
        return wrong(what, state, "another program may use this token; a restart of the bot sets it right")
    failed_at = datetime.fromtimestamp(int(info.get("last_error_date", 0)), present.tzinfo)
    if url and present - failed_at < RECENT:
        reason = f"failed at {failed_at:%H:%M} UTC: {info.get('last_error_message', '?')}; {waiting} updates wait"
        return wrong(what, reason, "see that HAMLET_TELEGRAM_WEBHOOK_URL leads to the bot's port")
    if waiting >= MOST_WAITING:
        return wrong(what, f"{waiting:,} updates wait at Telegram", "see whether the bot runs: `hamlet health bot`")
    return right(what, f"{'set' if url else 'none, the bot polls'}; {waiting} updates wait at Telegram")
