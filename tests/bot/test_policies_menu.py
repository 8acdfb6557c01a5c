"""The second page of /settings: what a chat chooses beyond its mode, by buttons, in its language."""

from __future__ import annotations

from actions import outbound
from storage.outbound import configured
from tests.bot.stories import ANN, GROUP, MAX
from tests.bot.world import World


def menu(world: World) -> dict[str, object]:
    world.telegram.say(GROUP, ANN, "/settings")
    world.settle()
    return world.telegram.sent_to(GROUP)[-1]


def press(world: World, who: dict[str, object], label: str) -> str:
    world.telegram.press(who, world.telegram.sent_to(GROUP)[-1], label)
    world.settle()
    return str(world.telegram.sent_to(GROUP)[-1]["text"])


def test_a_choice_is_made_on_a_page_of_its_own(world: World) -> None:
    menu(world)
    assert "deletes: the message" in press(world, ANN, "More settings")
    press(world, ANN, 'A moderator\'s "spam" deletes')
    assert "deletes: all its author wrote here" in press(world, ANN, "all its author wrote here in 48 hours")
    assert world.chat(GROUP).chosen.spam_removes == "chat"
    assert "Mode:" in press(world, ANN, "Back")


def test_a_member_chooses_nothing(world: World) -> None:
    menu(world)
    press(world, ANN, "More settings")
    press(world, ANN, 'A moderator\'s "spam" deletes')
    press(world, MAX, "all its author wrote here in 48 hours")
    assert world.chat(GROUP).chosen.spam_removes == "message"


def test_what_reaches_into_other_groups_is_not_offered(world: World) -> None:
    menu(world)
    press(world, ANN, "More settings")
    press(world, ANN, 'A moderator\'s "spam" deletes')
    assert "any group" not in str(world.telegram.sent_to(GROUP)[-1]["reply_markup"])


def test_what_the_operator_has_not_set_up_says_so(world: World) -> None:
    menu(world)
    page = press(world, ANN, "More settings")
    for reason in ("has named no other model", "has no webhook", "has named no list of spammers"):
        assert f"(does nothing: the operator {reason})" in page
    for need in (configured.SECOND_OPINION, configured.WEBHOOK, configured.SPAMMER_LIST):
        outbound.record(world.engine, need, is_on=True)
    press(world, ANN, "Back")
    page = press(world, ANN, "More settings")
    assert "has named no" not in page
    assert "has no webhook" not in page


def test_a_choice_that_does_nothing_says_so(world: World) -> None:
    menu(world)
    idle = "Words in pictures are judged: no (does nothing: the operator has not installed the extra “pictures”"
    assert idle in press(world, ANN, "More settings")
    assert "has not installed" in press(world, ANN, "Words in pictures are judged")
    outbound.record(world.engine, configured.PICTURES, is_on=True)
    assert "has not installed" not in press(world, ANN, "yes")
    assert world.chat(GROUP).chosen.reads_pictures
