"""`python -m tests.e2e.picture FILE`: a Telegram group with a notice, drawn from what bot and actions really sent to it.

The group is the fake Telegram's, its messages are made up, and a judge of few words stands where the model would.
"""

from __future__ import annotations

import os
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from storage.models import Mode
from tests import fresh
from tests.bot.world import World
from tests.review.browser import launched
from tests.telegram_server import TelegramServer, user

GROUP = -1001
NINA, BORIS, LUCKY = user(11, "Nina"), user(12, "Boris"), user(13, "Lucky Day")
COLOURS = {"Nina": "#3a8f5c", "Boris": "#3f6fb5", "Lucky Day": "#b5623f", "hamlet": "#7a4fb0"}
SAID = (
    (NINA, "Does anybody have tomato seedlings to swap?"),
    (LUCKY, "Remote work, 300$ a day, no experience, nothing to buy. Places are few, write me in private!"),
    (BORIS, "Nina, I have six left, come by on Saturday"),
)
STYLE = """
body { margin: 0; background: #d5dfe3; font: 15px/1.4 "DejaVu Sans", sans-serif; }
header { background: #fff; padding: 12px 18px; font-weight: bold; border-bottom: 1px solid #c5ced3; }
main { padding: 14px 18px; display: flex; flex-direction: column; gap: 10px; align-items: flex-start; }
div.said { background: #fff; border-radius: 12px; padding: 8px 12px; max-width: 480px; white-space: pre-wrap; }
b.who { display: block; font-size: 13px; }
div.row { display: flex; gap: 4px; width: 504px; margin-top: -6px; }
div.row span { flex: 1; text-align: center; background: #8ea3ad; color: #fff; border-radius: 8px; padding: 7px 0; }
"""


def notice() -> dict[str, Any]:
    """The notice that the group gets of the one message that is spam."""
    home = Path(tempfile.mkdtemp())
    os.environ["HAMLET_HOME"] = str(home)
    with TelegramServer() as telegram:
        telegram.add_group(GROUP, "Gardeners")
        telegram.join(GROUP, NINA, "administrator", can_delete_messages=True, can_restrict_members=True)
        telegram.join(GROUP, BORIS)
        world = World(telegram, fresh.sqlite(home / "world.sqlite3"))
        telegram.say(GROUP, NINA, "hello")
        world.settle()
        world.mode(Mode.TRAINING)
        telegram.say(GROUP, LUCKY, None, new_chat_members=[LUCKY])
        world.settle()
        for who, text in SAID:
            telegram.say(GROUP, who, text)
        world.settle()
        sent = telegram.sent_to(GROUP)
        world.close()
    return next(message for message in sent if message.get("reply_markup"))


def drawn(message: dict[str, Any]) -> str:
    """The group as a page."""
    rows = [_said(who["first_name"], text) for who, text in SAID]
    labels = [[escape(button["text"]) for button in row] for row in message["reply_markup"]["inline_keyboard"]]
    buttons = [f"<div class='row'><span>{'</span><span>'.join(row)}</span></div>" for row in labels]
    body = "".join([*rows, _said("hamlet", message["text"]), *buttons])
    return f"<meta charset='utf-8'><style>{STYLE}</style><header>Gardeners</header><main>{body}</main>"


def _said(who: str, text: str) -> str:
    return f'<div class="said"><b class="who" style="color: {COLOURS[who]}">{escape(who)}</b>{escape(text)}</div>'


def main(path: Path) -> None:
    page_source = drawn(notice())
    with launched() as browser:
        page = browser.new_context(viewport={"width": 560, "height": 420}).new_page()
        page.set_content(page_source)
        page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
