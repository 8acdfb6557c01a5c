"""What moderators do, and what those try who are none."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.bot import life_agrees
from tests.bot.group_people import (
    ANN,
    AS_A_CHANNEL,
    AS_THE_GROUP,
    BOB,
    EVE,
    LINKED,
    MEMBERS,
    MODERATORS,
    PEOPLE,
    STRANGE,
    Json,
    in_days,
)
from tests.bot.life_rules import ANY, SOON, TEXTS, WORDS, Life

ANYBODY = st.sampled_from([*PEOPLE, *MODERATORS, *MODERATORS])  # moderators more often


class Moderators(Life):
    """What moderators do, and those who may not."""

    @rule(which=ANY, who=ANYBODY, word=WORDS, soon=SOON)
    def reply(self, which: int, who: Json, word: str, soon: bool) -> None:
        message = self.any_said(which)
        if message is None or not self.life.may_write(who):
            return
        self.telegram.reply(self.life.here, who, message.number, word)
        if self.life.moderates(who):
            self.life.order(message, word)
        self.then(soon)

    @precondition(lambda self: not self.life.is_basic)
    @rule(which=ANY, channel=st.sampled_from([None, LINKED, STRANGE]), word=WORDS, soon=SOON)
    def reply_as(self, which: int, channel: Json | None, word: str, soon: bool) -> None:
        """As the group itself, or as a channel."""
        here = self.life.here
        message = self.any_said(which)
        if message is None or (channel and (here, channel["id"]) in self.telegram.banned_channels):
            return
        speaker = channel or self.telegram._chats[here]
        answered = self.telegram.messages[message.key]
        who = AS_A_CHANNEL if channel else AS_THE_GROUP
        self.telegram.say(here, who, word, sender_chat=speaker, reply_to_message=answered)
        if channel != STRANGE:
            self.life.order(message, word)
        self.then(soon)

    @precondition(lambda self: any(self.life.notices()))
    @rule(which=ANY, who=ANYBODY, word=WORDS, soon=SOON)
    def reply_to_a_notice(self, which: int, who: Json, word: str, soon: bool) -> None:
        notices = [(sent, verdict) for sent, verdict in self.life.notices() if sent["chat"]["id"] == self.life.here]
        if not notices or not self.life.may_write(who):
            return
        sent, verdict_id = notices[-1 - which % len(notices)]
        message = self.life.shown(verdict_id)
        self.telegram.reply(self.life.here, who, sent["message_id"], word)
        if self.life.moderates(who):
            self.life.order(message, word)
        self.then(soon)

    @precondition(lambda self: any(self.life.notices()))
    @rule(
        which=ANY,
        who=ANYBODY,
        button=st.sampled_from(["Spam", "Not spam"]),
        soon=SOON,
    )
    def press(self, which: int, who: Json, button: str, soon: bool) -> None:
        notices = list(self.life.notices())
        if not notices:
            return
        sent, verdict_id = notices[-1 - which % len(notices)]
        message = self.life.shown(verdict_id)
        self.telegram.press(who, sent, button)
        if self.life.moderates(who):
            self.life.order(message, {"Spam": "/spam", "Not spam": "/ham"}[button])
        self.then(soon)

    @precondition(lambda self: any("Lift the ban" in str(m) for m in self.telegram.sent_to(self.life.here)))
    @rule(who=ANYBODY, soon=SOON)
    def lift_what_an_appeal_is_about(self, who: Json, soon: bool) -> None:
        appeals = [m for m in self.telegram.sent_to(self.life.here) if "Lift the ban" in str(m.get("reply_markup"))]
        if appeals:
            self.telegram.press(who, appeals[-1], "Lift the ban")
            if self.life.moderates(who):
                data = appeals[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
                self.life.released.add(int(data.split(":")[2]))
            self.then(soon)

    @rule(
        who=st.sampled_from(MEMBERS),
        status=st.sampled_from(["kicked", "restricted", "left", "member"]),
        days=st.sampled_from([0, 1, 60]),
        soon=SOON,
    )
    def act_by_hand(self, who: Json, status: str, days: int, soon: bool) -> None:
        held = self.life.status(who["id"])
        is_sense = {
            "kicked": True,
            "restricted": self.life.is_there(who["id"]),
            "left": held == "kicked",
            "member": held == "restricted",
        }[status]
        if is_sense and self.life.is_member(who["id"]):
            self.life.sanction(ANN, who, status, in_days(days))
            self.then(soon)

    @rule(may_moderate=st.booleans())
    def promote_or_demote(self, may_moderate: bool) -> None:
        self.life.settle()
        life_agrees.no_administrator_is_touched(self.life)  # what was done to a member was done before
        if not self.life.is_member(EVE["id"]):
            self.telegram.demote(self.life.here, EVE)
        elif self.life.is_there(EVE["id"]):
            self.telegram.promote(self.life.here, EVE, can_delete_messages=may_moderate, can_invite_users=True)
            self.life.by_hand.pop(EVE["id"], None)
        self.life.released.add(EVE["id"])
        self.life.settle()

    @rule(text=TEXTS, soon=SOON)
    def post_as_administrator(self, text: str, soon: bool) -> None:
        self.life.write(BOB, text)
        self.then(soon)
