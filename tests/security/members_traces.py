"""A member leaves a trace wherever hamlet stores one, and what holds them is searched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from storage.access import audit
from storage.dump import dumping
from storage.models import (
    Appeal,
    Correction,
    Explanation,
    Join,
    Listing,
    Message,
    Reactor,
    Report,
    SecondOpinion,
    Trust,
    Update,
    Verdict,
    now,
)
from storage.moderation import explanations
from storage.processes.updates import MAX_ATTEMPTS
from storage.session import at_one_moment, empty_log, transaction
from tests.bot.picture_stories import look, prefer, show
from tests.bot.sanction_stories import press
from tests.bot.stories import ANN, GROUP, MAX
from tests.bot.world import World
from tests.telegram_server import user

NUMBER = 987_654_321
NAMES = ("Evelyn", "Quibblestone", "quibbler_handle")
WORDS = ("quokkafish", "zanzibarbecue", "kumquatling", "marzipanther")
EVE: dict[str, Any] = user(NUMBER, "Evelyn Quibblestone") | {"username": "quibbler_handle"}
JOINED = str(2**53 + NUMBER)  # what numbers a join without a service message
TRACES = (*NAMES, *WORDS, str(NUMBER), JOINED)
GIVEN_UP = {"update_id": 1, "message": {"from": EVE, "text": "quokkafish"}}  # its handler failed too often
NAMED = {"text": "maybe zanzibarbecue", "is_spam": False, "similarity": 0.9}


def live(world: World) -> None:
    """She joins twice, first under a name that is judged, writes, edits, is decided about, answered and warned, shows a picture and a link."""
    prefer(world, reads_pictures=True, hold_links="yes", reads_joining_names="yes")
    world.telegram.join(GROUP, EVE, "left")
    world.telegram.sanction(GROUP, ANN, EVE | {"first_name": "Evelyn who has honey for you all"}, "member")
    world.settle()
    world.telegram.arrive(GROUP, EVE)
    message = world.telegram.say(GROUP, EVE, "maybe quokkafish")
    world.settle()
    world.telegram.edit(GROUP, message, "maybe zanzibarbecue")
    world.settle()
    press(world, "Not spam", -1)
    world.telegram.reply(GROUP, MAX, message, "maybe not")
    show(world, "p1", "marzipanther", who=EVE)
    assert look(world) == 1
    for text in ("see https://kumquatling.example", "marzipanther"):
        last = world.telegram.say(GROUP, EVE, text)
    world.settle()
    world.telegram.reply(GROUP, ANN, last, "/warn")
    world.settle()
    _store_what_others_say_of_her(world)
    world.telegram.whisper(EVE, "/mydata")
    world.settle()


def _store_what_others_say_of_her(world: World) -> None:
    chat_id, hers = world.chat(GROUP).id, Message.author_id == NUMBER
    with transaction(world.engine) as session:
        verdicts = select(Verdict.id).join(Verdict.message).order_by(Verdict.id)
        first, last = session.scalars(verdicts.where(hers)).all()[
            :: len(session.scalars(verdicts.where(hers)).all()) - 1
        ]
        anothers = session.scalars(verdicts.where(Message.author_id == MAX["id"])).all()[-1]
        for verdict_id, nearest in ((first, []), (anothers, [NAMED])):
            explanations.ask(session, verdict_id)
            told = {"normalised": "maybe quokkafish", "tokens": ["quokkafish"], "ngrams": [["quokkafish", 1.0]]}
            explanations.answer(session, verdict_id, "v1", nearest=nearest, **(told if verdict_id == first else {}))
        session.execute(update(Correction).values(note="Quibblestone sells quokkafish"))
        mine = session.scalars(select(Message.id).where(Message.author_id == MAX["id"])).all()[-1]
        session.add_all(
            [
                SecondOpinion(verdict_id=last, answered_at=now(), answer="sells marzipanther"),
                Appeal(verdict_id=last, user_id=NUMBER, text="kumquatling"),
                Report(message_id=mine, reporter_id=NUMBER),
                Reactor(chat_id=chat_id, user_id=NUMBER, name="Evelyn Quibblestone", recent={}, reacted_at=now()),
                Trust(chat_id=chat_id, user_id=NUMBER, name="Evelyn Quibblestone", trusted_by="telegram:11"),
                Update(bot_id=1, update_id=1, payload=GIVEN_UP, attempts=MAX_ATTEMPTS, error="quokkafish broke it"),
                Listing(user_id=NUMBER, answered_at=now(), is_listed=True, source="a list"),
            ]
        )
        audit.note(session, f"telegram:{ANN['id']}", "trust", audit.about_member(NUMBER), chat_id)


PLACES = (Appeal, Correction, Explanation, Join, Listing, Message, Reactor, Report, SecondOpinion, Trust)


def in_tables(world: World) -> set[tuple[str, str]]:
    """Each table in which any of the traces is, in any column of any row, with the trace."""
    with at_one_moment(world.engine) as connection:
        chunks = [(chunk.table, chunk.content.decode()) for chunk in dumping.chunks(connection)]
    return {(table, trace) for table, content in chunks for trace in TRACES if trace in content}


def in_files(world: World, *folders: Path) -> set[tuple[str, str]]:
    """Each file below the folders that holds any of the words or names: the database's own file is one."""
    empty_log(world.engine)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {(path.name, trace) for path in files for trace in TRACES if trace.encode() in path.read_bytes()}
