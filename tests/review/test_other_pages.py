"""Quality, chats, the audit, checking a text, a version's report, two versions side by side, coming in as a moderator."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from review.app import create_app
from review.settings import ReviewSettings
from storage.exported import Said
from storage.intervals import at_most
from storage.models import AuditEntry, Chat, LoginSession, Mode, Strictness, now
from storage.queries import audit, explanations, history, logins, quality, versions
from storage.queries.versions import NewVersion
from storage.session import reading, transaction
from storage.settings import StorageSettings
from tests.conftest import count
from tests.review.site import Site
from tests.storage import given

PAGES = ("/quality", "/chats", "/chats/1", "/audit", "/audit.csv", "/check", "/check/1", "/review/events", "/review/1")


def as_moderator(site: Site, *chats: int) -> None:
    """Whoever is logged in is from now on Bob of Telegram, who moderates these chats."""
    with transaction(site.engine) as session:
        token = logins.new_moderators_link(session, "Bob", 14, chats)
    site.client.cookies.clear()
    site.post("/login", token=token)
    with reading(site.engine) as session:
        opened = logins.open_session(session, site.client.cookies["hamlet_session"])
    assert opened is not None
    site.forms = opened.csrf_token


def in_two_chats(site: Site) -> list[int]:
    model = given.version(site.engine)
    return [given.verdict(site.engine, model, given.incoming(f"of {n}", 1, chat_external_id=-n)) for n in (1, 2)]


# Who may


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_sees_nothing(stranger: Site, path: str) -> None:
    assert stranger.get(path).status_code == 401


def test_a_moderator_decides_in_their_chats_and_in_no_other(site: Site) -> None:
    mine, others = in_two_chats(site)
    as_moderator(site, 1)
    assert site.post(f"/review/{mine}", is_spam="true").status_code == 303
    assert site.post(f"/review/{others}", is_spam="true").status_code == 404
    assert site.post(f"/review/{others}/undo").status_code == 404
    assert site.post(f"/review/{others}/why").status_code == 404
    site.post("/review/bulk", verdict_ids=[mine, others], is_spam="true")
    site.post(f"/review/{mine}", is_spam="true", also=[others])
    assert given.values(site.engine, given.Verdict.id) == [mine, others]
    assert count(site.engine, "corrections", f"verdict_id = {others}") == 0
    assert count(site.engine, "corrections", "actor = 'telegram:14'") == 1


@pytest.mark.parametrize(
    "path", ["/chats/stop", "/chats/go-on", "/models/retrain", "/models/rollback", "/models/v1/promote"]
)
def test_what_is_the_operators_is_not_a_moderators(site: Site, path: str) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    answer = site.post(path, champion="v1")
    assert answer.status_code == 403
    assert "Only an operator may do this" in answer.text


@pytest.mark.parametrize("path", ["/chats/2", "/chats/2/pause", "/chats/2/resume"])
def test_a_moderator_changes_no_other_chat(site: Site, path: str) -> None:
    in_two_chats(site)
    as_moderator(site, 1)
    assert site.post(path, mode="observe", strictness="strict").status_code == 404


def test_a_moderator_sees_their_own_lines_of_the_chat_page(site: Site) -> None:
    site.say("said by ann")
    as_moderator(site, 1)
    site.say("said by bob")
    shown = site.get("/chat").text
    assert "said by bob" in shown
    assert "said by ann" not in shown
    assert site.get("/chat/lines/1").status_code == 404
    assert site.get("/check/1").status_code == 404


def test_logging_out_everywhere_ends_every_session_of_that_person(site: Site) -> None:
    site.log_in("ann")
    site.log_in("eve")
    site.log_in("ann")
    assert site.post("/logout/everywhere").status_code == 303
    assert given.values(site.engine, LoginSession.name) == ["eve"]


# Chats


def test_settings_are_stored_and_noted(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1", mode="soft", strictness="strict", standing_after=7)
    with reading(site.engine) as session:
        chat = session.get_one(Chat, 1)
    assert (chat.mode, chat.strictness, chat.standing_after) == (Mode.SOFT, Strictness.STRICT, 7)
    assert "mode: training → soft" in site.get("/audit").text
    assert site.post("/chats/1", mode="harsh", strictness="strict").status_code == 422


def test_a_chat_that_has_taught_little_cannot_enforce(site: Site) -> None:
    in_two_chats(site)
    refused = site.post("/chats/1", mode="enforce", strictness="strict")
    assert refused.status_code == 409
    assert "offered after 200 accepted corrections in the chat" in refused.text
    with reading(site.engine) as session:
        assert session.get_one(Chat, 1).mode == Mode.TRAINING


def test_each_strictness_tells_its_consequence(site: Site) -> None:
    act = {"act": {"normal": {"threshold": 0.8}}}
    with transaction(site.engine) as session:
        versions.register(session, NewVersion("v1", 0.5, 0.9, "0" * 64, act))
        model = versions.promote(session, "v1", "a test")
    given.corrected(site.engine, given.verdict(site.engine, model, score=0.95), "web:ann", False)
    assert "would have removed 1 of last week's 1, 1 wrongly" in site.get("/chats/1").text.replace("&#39;", "'")


def test_the_kill_switches_stop_and_go_on(site: Site) -> None:
    in_two_chats(site)
    site.post("/chats/1/pause")
    assert "Stopped" in site.get("/chats/1").text
    site.post("/chats/1/resume")
    site.post("/chats/stop")
    assert "All chats are stopped" in site.get("/chats").text
    site.post("/chats/go-on")
    said = [entry.detail for entry in entries(site.engine) if entry.what == "kill switch"]
    assert said == ["paused", "resumed", "all chats stopped", "all chats go on"]


# The audit


def entries(engine: Engine) -> list[AuditEntry]:
    with reading(engine) as session:
        return [entry for entry, _ in audit.every(session, None)][::-1]


def test_every_way_in_writes_the_audit(site: Site) -> None:
    [verdict, _] = in_two_chats(site)
    site.post(f"/review/{verdict}", is_spam="true")
    given.corrected(site.engine, verdict, "telegram:7", False)
    site.post(f"/review/{verdict}/undo")
    told = [(entry.actor, entry.what, entry.detail) for entry in entries(site.engine)]
    assert ("web:ann", "login", "ann, operator") in told
    assert ("a test", "promotion", "v1") in told
    assert told[-3:] == [
        ("web:ann", "decision", "spam"),
        ("telegram:7", "decision", "not spam (disputed)"),
        ("web:ann", "decision", "takes back: spam (disputed)"),
    ]


def test_the_audit_is_taken_away_and_carries_nothing_out(site: Site) -> None:
    with transaction(site.engine) as session:
        audit.note(session, "=cmd()", "setting", 'a "quoted", word')
    table = site.get("/audit.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert '\'=cmd(),setting,"a ""quoted"", word"' in table.text


def test_a_moderators_audit_is_of_their_chats(site: Site) -> None:
    mine, others = in_two_chats(site)
    for verdict in (mine, others):
        given.corrected(site.engine, verdict, f"telegram:{verdict}00", True)
    as_moderator(site, 1)
    for path in ("/audit", "/audit.csv"):
        shown = site.get(path).text
        assert f"telegram:{mine}00" in shown
        assert f"telegram:{others}00" not in shown


# Quality


def test_the_figures_are_those_of_the_decisions(engine: Engine) -> None:
    model = given.version(engine)
    scores = [0.9, 0.95, 0.8, 0.1, 0.2, 0.3]
    made = [given.verdict(engine, model, given.incoming(f"m{i}", i), s, 1.0) for i, s in enumerate(scores, 1)]
    for verdict, is_spam in zip(made[:5], [True, True, False, True, False], strict=True):
        given.corrected(engine, verdict, "web:ann", is_spam)
    given.corrected(engine, made[0], "web:bob", True)
    with reading(engine) as session:
        found = quality.of(session, 7, None)
        assert quality.of(session, 7, (99,)).counts.judged == 0
    total = found.counts
    assert (total.judged, total.flagged, total.confirmed, total.wrong, total.missed) == (6, 3, 2, 1, 1)
    assert found.precision is not None
    assert found.precision.value == pytest.approx(2 / 3)
    assert found.precision.low < 2 / 3 < found.precision.high
    assert found.audited is not None
    assert (found.audited.value, found.audited.n) == (0.5, 2)
    assert found.recall is not None
    assert found.recall.value == pytest.approx(2 / (2 + 3 * 0.5))
    assert found.agreement is not None
    assert found.agreement.value == 1.0
    assert found.f1 == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert found.thresholds[0] == (5, 2, 0)
    assert found.thresholds[85] == (2, 0, 1)


def test_the_quality_page_says_what_is_missing_and_what_a_threshold_does(site: Site) -> None:
    assert "Nothing was judged" in site.get("/quality").text
    [verdict, _] = in_two_chats(site)
    assert "decide some of the audit" in site.get("/quality").text
    given.corrected(site.engine, verdict, "web:ann", True)
    shown = site.get("/quality?days=30&threshold=0.99&chat=1").text
    assert '<strong id="missed">1</strong>' in shown


# Trying out


def test_a_checked_text_shows_score_tokens_and_why(site: Site) -> None:
    row = int(site.post("/check", text="buy now").headers["location"].rsplit("/", 1)[1])
    assert "The worker judges it" in site.get(f"/check/{row}").text
    verdict = given.verdict(site.engine, given.version(site.engine), given.incoming("x", 9))
    own = given.values(site.engine, given.Verdict.id)[0]
    assert own != verdict
    site.post(f"/check/{row}/why")
    with transaction(site.engine) as session:
        explanations.answer(session, own, "v1", tokens=["buy", " now"], ngrams=[["buy", 1.25]], parts={"network": 2.0})
    answer = site.get(f"/check/{row}/answer").text
    for shown in ("<span>·now</span>", "+1.25", "+2.00", '<span class="score">0.950</span>'):
        assert shown in answer, shown


def test_an_example_is_said_by_a_click(site: Site) -> None:
    shown = site.get("/chat").text
    assert "FREE USDT AIRDROP, connect your wallet" in shown
    assert "Продаю диван, самовывоз, 5000 руб." in shown
    site.post("/chat", example="an example", text="")
    assert "an example" in site.get("/chat").text


# Versions


def test_a_report_is_served_and_nothing_beside_it(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = tmp_path / "models" / "v1" / "report"
    report.mkdir(parents=True)
    (report / "loss.svg").write_text("<svg/>")
    (report / "model-card.md").write_text("# A <card>")
    (report.parent / "secret.svg").write_text("no")
    given.version(sqlite_engine)
    app = create_app(StorageSettings(database_url=str(sqlite_engine.url), home=tmp_path), ReviewSettings())
    site = Site(app, sqlite_engine)
    site.log_in()
    assert site.get("/models/v1/report/loss.svg").text == "<svg/>"
    for path in (
        "v1/report/accuracy.svg",
        "v1/report/model-card.md",
        "v1/report/..%2fsecret.svg",
        "v9/report/loss.svg",
    ):
        assert site.get(f"/models/{path}").status_code == 404, path
    assert "# A &lt;card&gt;" in site.get("/models/v1").text
    app.state.engine.dispose()


def test_two_versions_are_compared_on_the_same_messages(site: Site) -> None:
    in_two_chats(site)
    given.shadowed(site.engine, given.in_shadow(site.engine), 0.1)
    shown = site.get("/models/v1/against?other=v2").text
    for word in ("only by v1</dt><dd>2", "only by v2</dt><dd>0", "of 1", "0.100"):
        assert word in shown, word
    as_moderator(site, 1)
    assert "of 2" not in site.get("/models/v1/against?other=v2").text
    assert site.get("/models/v1/against?other=v9").status_code == 404


# Presumed ham


def measured(site: Site) -> None:
    """The champion was measured on presumed ham of two chats."""
    chats = {"1": {"examples": 300, "flagged": 3, "acted": 0}, "2": {"examples": 100, "flagged": 1, "acted": 1}}
    with transaction(site.engine) as session:
        versions.named(session, "v1").metrics = {"presumed": {"chats": chats}}


def test_false_positives_among_presumed_ham_are_shown_with_their_bounds_of_all_chats_or_one(site: Site) -> None:
    in_two_chats(site)
    assert "None here that v1 was measured on" in site.get("/quality").text
    measured(site)
    shown = site.get("/quality").text
    assert "Of 400 messages of members in good standing" in shown
    assert f"it flags <strong>4</strong> (at most {100 * at_most(4, 400):.2f} % in truth" in shown
    assert f"act on <strong>1</strong> (at most {100 * at_most(1, 400):.2f} %" in shown
    assert "Of 300 messages of members in good standing" in site.get("/quality?chat=1").text


def test_a_moderator_sees_them_of_their_own_chats(site: Site) -> None:
    in_two_chats(site)
    measured(site)
    as_moderator(site, 2)
    assert "Of 100 messages of members in good standing" in site.get("/quality").text
    assert "Of 100 messages of members in good standing" in site.get("/quality?chat=1").text


def test_a_message_from_before_hamlet_is_marked_so_among_what_was_said_around(site: Site) -> None:
    verdict = in_two_chats(site)[0]
    with transaction(site.engine) as session:
        history.store(session, 1, [Said(2, 8, "Bob", "as I said", now(), None)])
    assert "Bob, before hamlet" in site.get(f"/review/{verdict}").text
