"""A Telegram of our own for tests: the Bot API over HTTP, with true getUpdates offsets, groups, roles and errors.

What it keeps to is Telegram's documented behaviour: an update stays until a higher offset confirms it, a webhook
and getUpdates exclude each other, a wrong token is 401, a stranger to a group is a 400, a bot without the right to is
refused, administrators cannot be banned.
"""

from tests.telegram_server.server import TelegramServer
from tests.telegram_server.words import BOT, PERMISSIONS, RIGHTS, TOKEN, Refused, user

__all__ = ["BOT", "PERMISSIONS", "RIGHTS", "TOKEN", "Refused", "TelegramServer", "user"]
