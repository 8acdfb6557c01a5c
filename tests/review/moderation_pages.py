"""A group of bakers with something on each page that docs/moderation.md tells of: rules, holds, members, old messages, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import Engine, select, update

from storage.access import chats, trust
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Mode,
    ModelVersion,
    OrderKind,
    RuleEffect,
    RuleKind,
    Sign,
    now,
)
from storage.moderation import corrections, person_orders, rescans
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.person_orders import PersonCommand
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.outbound import configured, deliveries, events
from storage.outbound.events import Event
from storage.rules import Term
from storage.session import transaction
from tests.storage import given

BAKERS = -(10**12) - 4
SAID = [
    (31, "Lena", "Is the dough to rest for one hour or for two?", 0.02),
    (32, "Casino", "Play roulette with us, the first spins are free", 0.61),
    (33, "Ivan", "Russian roulette cake, one slice is with chili", 0.08),
    (34, "Profit Daily", "Remote work, places are few, write me in private", 0.94),
    (31, "Lena", "Thank you, the bread was wonderful", 0.01),
    (34, "Profit Daily", "Last places today, no experience needed", 0.9),
    (35, "Crypto Inna", "My brother can double your savings in a week", 0.44),
    (36, "Olga", "Who has seen my rolling pin?", 0.03),
]
TRIED = "roulette"


def fill(engine: Engine) -> None:
    """The group with its messages, decisions, rules and members."""
    model = given.version(engine, "v4")
    with transaction(engine) as session:
        chat = chats.on_telegram(session, BAKERS, "Bakers")
        chats.choose(session, chat.id, "hold_links", True)
    for number, (author, name, text, score) in enumerate(SAID, start=1):
        given.verdict(engine, model, _message(text, number, author_id=author, author_name=name), score)
    link = "My bakery has a page now: https://bread.example"
    given.joined(engine, 37, chat_external_id=BAKERS)
    given.verdict(engine, model, _message(link, 9, author_id=37, author_name="Eve", signs=(Sign.LINK,)), 0.1)
    with transaction(engine) as session:
        corrections.correct(
            session, Decision(4, "telegram:7", "Nina", True, note="the same offer as in Cooks on Monday")
        )
        added = [
            NewRule(RuleKind.WORDS, RuleEffect.FLAG, "double your savings", "asked for by the group"),
            NewRule(RuleKind.ADDRESS, RuleEffect.ALLOW, "bakers.example", "our own page"),
            NewRule(RuleKind.REGEX, RuleEffect.FLAG, "(earn|make) [0-9]+[$€] a (day|week)", ""),
        ]
        rules.add(session, 1, added, "Nina")
    _sanction(engine)
    _rescan(engine, given.version(engine, "v5"))
    _send(engine)


def _message(text: str, number: int, **more: Any) -> Any:
    return given.incoming(text, number, chat_external_id=BAKERS, chat_title="Bakers", sent_at=now(), **more)


def _sanction(engine: Engine) -> None:
    """Two members muted and banned by hand, one trusted, and all of it carried out."""
    with transaction(engine) as session:
        chat = session.get_one(Chat, 1)
        for person, kind, lasts in ((35, OrderKind.MUTE, timedelta(hours=2)), (32, OrderKind.BAN, timedelta(days=7))):
            command = PersonCommand(person, kind, Term(lasts), "telegram:14", "Olga")
            person_orders.about_person(session, chat, command)
        trust.give(session, 1, 31, "Lena", "telegram:7")
    with transaction(engine) as session:
        for action in session.scalars(select(Action).where(Action.kind.in_((ActionKind.BAN, ActionKind.RESTRICT)))):
            word = "banned" if action.kind == ActionKind.BAN else "restricted"
            action.state, action.receipt = ActionState.DONE, {word: True, "until": None}
        session.execute(update(Action).where(Action.kind == ActionKind.DELETE).values(state=ActionState.DONE))


def _rescan(engine: Engine, version: ModelVersion) -> None:
    """The version that serves now has looked at the last week."""
    judge = ScoringVersion(version.id, 0.5, 0.9)
    with transaction(engine) as session:
        session.get_one(Chat, 1).mode = Mode.SOFT
        rescans.request(session, 1, 7, "web:ann")
    is_done = False
    while not is_done:
        with transaction(engine) as session:
            part = rescans.claim(session, version.id, 100)
            assert part is not None
            scores = [Judgement(m.id, m.edit, 0.83 if "double" in m.text else 0.1) for m in part.messages]
            is_done = not rescans.record(session, part, judge, scores)


def _send(engine: Engine) -> None:
    """Three events, of which the receiver took two."""
    with transaction(engine) as session:
        configured.record(session, configured.WEBHOOK, on=True)
        chat = events.about(session.get_one(Chat, 1))
        for event, facts in (
            (Event.DECISION, {"chat": chat}),
            (Event.PROMOTION, {"model_version": "v5"}),
            (Event.PAUSE, {"chat": chat}),
        ):
            events.note(session, event, **facts)
    with transaction(engine) as session:
        for status in (204, 204, 502):
            claimed = deliveries.claim(session, 60)
            assert claimed is not None
            if status == 204:
                deliveries.taken(session, claimed, status)
            else:
                deliveries.refused(session, claimed, status, f"HTTP {status}")


def _tried(page: Page) -> None:
    page.get_by_label("One on each line").fill(TRIED)
    page.get_by_role("button", name="Try on the last 30 days").click()


PAGES: dict[str, tuple[str, Callable[[Page], None] | None]] = {
    "rules": ("/chats/1/rules", _tried),
    "held": ("/review?show=held", None),
    "members": ("/chats/1/members", None),
    "member": ("/chats/1/members/34", None),
    "rescan": ("/chats/1/rescan", None),
    "webhooks": ("/webhooks", None),
}
