"""The pages as a browser sees them: who may look, what is stored, what is refused and how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

import review
from review.queue import PAGE_SIZE
from review.tryout import LARGEST_KEY
from storage.models import Action, Correction, CorrectionState, Message, MessageState
from storage.odds import shifts
from storage.session import reading
from tests.conftest import AddVersion, count
from tests.review.site import Site, site_on, with_scripts
from tests.storage import given

EVIL = '<script>alert("&1")</script>'
ESCAPED = "&lt;script&gt;alert(&#34;&amp;1&#34;)&lt;/script&gt;"


def message(engine: Engine) -> Message:
    with reading(engine) as session:
        return session.scalars(select(Message)).one()


def verdicts(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="verdict-(\d+)"', page)]


def flag(site: Site, *texts: str) -> list[int]:
    model = given.version(site.engine)
    return [given.verdict(site.engine, model, given.incoming(text, i)) for i, text in enumerate(texts)]


# Logging in and out


@pytest.mark.parametrize("path", ["/chat", "/review", "/review?show=all", "/review?show=audit", "/chat/lines/1"])
def test_a_stranger_is_asked_to_log_in(stranger: Site, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "hamlet login" in answer.text


@pytest.mark.parametrize("path", ["/chat", "/review/1", "/logout"])
def test_a_strangers_form_is_not_taken(stranger: Site, path: str) -> None:
    assert stranger.post(path, text="hello", is_spam="true").status_code == 401
    assert count(stranger.engine, "messages") == 0


def test_a_login_link_opens_the_review_page(stranger: Site) -> None:
    answer = stranger.log_in("Ann")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert "Ann" in stranger.get("/review").text


def test_a_login_link_works_once(stranger: Site) -> None:
    token = stranger.link().split("=")[1]
    assert stranger.post("/login", token=token).status_code == 303
    again = stranger.post("/login", token=token)
    assert again.status_code == 401
    assert "spent or too old" in again.text
    assert stranger.get(f"/login?token={token}").status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_only_looks_at_a_login_link_does_not_spend_it(stranger: Site, method: str) -> None:
    link = stranger.link()
    for agent in ("TelegramBot (like TwitterBot)", "Mozilla/5.0"):
        seen = stranger.client.request(method, link, headers={"User-Agent": agent})
        assert "set-cookie" not in seen.headers
    assert "<button>Log in</button>" in stranger.get(link).text
    assert "hamlet_session" in stranger.post("/login", token=link.split("=")[1]).headers["set-cookie"]


def test_a_link_that_opens_nothing_has_no_button(stranger: Site) -> None:
    link = stranger.link()
    given.passed(stranger.engine, "login_links", "expires_at")
    for path in (link, "/login?token=nonsense", "/login"):
        assert "<button" not in stranger.get(path).text


@pytest.mark.parametrize("token", ["nonsense", "%00", "%ff%fe", "%ED%A0%80", "x" * 5000])
def test_an_unknown_link_is_refused(stranger: Site, token: str) -> None:
    assert stranger.get(f"/login?token={token}").status_code == 401


def test_the_login_page_without_a_link_explains_itself(stranger: Site) -> None:
    assert stranger.get("/login").status_code == 200


@pytest.mark.parametrize("cookie", ["nonsense", "", "ü", '"'])
def test_a_wrong_cookie_is_no_login(stranger: Site, cookie: str) -> None:
    answer = stranger.client.get("/review", headers={b"cookie": f"hamlet_session={cookie}".encode("latin-1")})
    assert answer.status_code == 401


def test_logging_out_ends_the_session(site: Site) -> None:
    cookie = site.client.cookies["hamlet_session"]
    assert site.post("/logout").headers["location"] == "/login"
    site.client.cookies.set("hamlet_session", cookie)
    assert site.get("/review").status_code == 401


def test_an_old_session_is_over(site: Site) -> None:
    given.passed(site.engine, "login_sessions", "expires_at")
    assert site.get("/review").status_code == 401


@pytest.mark.parametrize(("public_url", "is_secure"), [(None, False), ("https://spam.example", True)])
def test_the_cookie_is_for_this_site_alone(sqlite_engine: Engine, public_url: str | None, is_secure: bool) -> None:
    app = site_on(str(sqlite_engine.url), public_url=public_url)
    cookie = Site(app, sqlite_engine, public_url or "http://testserver").log_in().headers["set-cookie"]
    app.state.engine.dispose()
    assert "; HttpOnly;" in cookie
    assert "; SameSite=lax" in cookie
    assert ("Secure" in cookie) == is_secure


FORGED = [{}, {"csrf_token": ""}, {"csrf_token": "forged"}, {"csrf_token": "\udcff"}]


@pytest.mark.parametrize(
    ("path", "token"), [*(("/chat", token) for token in FORGED), ("/review/1", FORGED[2]), ("/logout", FORGED[2])]
)
def test_a_forged_form_stores_nothing(site: Site, path: str, token: dict[str, str]) -> None:
    form = {"text": "hello", "is_spam": "true"} | token
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode("utf-8", "surrogateescape")
    assert site.raw(path, body).status_code == 403
    assert count(site.engine, "messages") == 0
    assert site.get("/review").status_code == 200


def test_every_form_carries_the_sessions_token(site: Site) -> None:
    flag(site, "buy now")
    for path in ("/chat", "/check", "/review", "/chats", "/chats/1", "/models"):
        forms = site.get(path).text.count('method="post"')
        assert forms > 0
        assert site.get(path).text.count(f'name="csrf_token" value="{site.forms}"') == forms


def test_another_sessions_form_is_forged(site: Site) -> None:
    forms = site.forms
    site.log_in("bob")
    assert site.post("/chat", text="hello", csrf_token=forms).status_code == 403


# Chat


def test_a_message_is_stored_as_pending_and_answered_with_its_line(site: Site) -> None:
    line = site.say("are we still on for dinner?").text
    assert 'data-state="pending"' in line
    assert "are we still on for dinner?" in line
    stored = message(site.engine)
    assert (stored.state, stored.author_name, stored.text) == (
        MessageState.PENDING,
        "ann",
        "are we still on for dinner?",
    )
    assert f'data-id="{stored.id}"' in line


def test_with_scripts_a_message_leads_back_to_the_page(site: Site) -> None:
    answer = site.post("/chat", text="hello")
    assert (answer.status_code, answer.headers["location"]) == (303, "/chat")
    assert "hello" in site.get("/chat").text


def test_a_message_needs_no_broker(site: Site) -> None:
    assert site.say("the broker of this test does not exist").status_code == 200


def test_the_same_key_twice_is_one_message(site: Site) -> None:
    for _ in range(2):
        assert site.say("hello", key=7).status_code == 200
    assert count(site.engine, "messages") == 1


def test_without_a_key_the_same_words_are_two_messages(site: Site) -> None:
    for _ in range(2):
        site.say("hello")
    assert count(site.engine, "messages") == 2


@pytest.mark.parametrize("key", ["-1", str(LARGEST_KEY), "9" * 30, "9" * 5000, "1.5", "x", "\0"])
def test_a_key_out_of_range_is_refused(site: Site, key: str) -> None:
    answer = site.say("hello", key=key)
    assert answer.status_code == 422
    assert "key is missing or wrong" in answer.text
    assert count(site.engine, "messages") == 0


def test_a_judged_line_shows_its_score_and_version(site: Site) -> None:
    site.say("buy now")
    given.verdict(site.engine, given.version(site.engine), given.incoming("x", 9), score=0.875)
    line = site.get(f"/chat/lines/{given.values(site.engine, Message.id)[0]}").text
    assert 'data-state="spam"' in line
    assert '<span class="score">0.875</span>' in line
    assert '<span class="version">v1</span>' in line


def test_a_line_of_a_telegram_group_is_not_on_the_chat_page(site: Site) -> None:
    [row_id] = given.received(site.engine, given.incoming("a secret of the group"))
    assert site.get(f"/chat/lines/{row_id}").status_code == 404
    assert "a secret of the group" not in site.get("/chat").text


def test_texts_and_names_are_escaped_on_the_chat_page(stranger: Site) -> None:
    stranger.log_in(EVIL)
    stranger.say(EVIL)
    page = stranger.get("/chat").text
    assert EVIL not in page
    assert page.count(ESCAPED) >= 2


@pytest.mark.parametrize(
    "text",
    [b"", b"%00", b"%ff%fe", b"%ED%A0%80", b"\xff\xfe\x00", "\u202eليس\U0001f600".encode(), b"x" * 100_000, b"%0A" * 9],
    ids=["empty", "nul", "no utf-8", "surrogate", "raw bytes", "right to left", "100 kB", "lines"],
)
def test_any_text_is_taken(site_on_both: Site, text: bytes) -> None:
    body = b"csrf_token=" + site_on_both.forms.encode() + b"&wants=line&text=" + text
    assert site_on_both.raw("/chat", body).status_code == 200
    assert site_on_both.get("/chat").status_code == 200


def test_a_text_in_an_odd_charset_is_taken(site_on_both: Site) -> None:
    fields = {"csrf_token": site_on_both.forms, "text": r"\ud800 \0", "wants": "line"}
    parts = [f'--b\r\ncontent-disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    kind = "multipart/form-data; boundary=b; charset=unicode_escape"
    assert site_on_both.raw("/chat", f"{''.join(parts)}--b--\r\n".encode(), kind).status_code == 200


# Review


def test_the_queue_shows_what_was_flagged_the_newest_first(site: Site) -> None:
    flagged = flag(site, "buy now", "free money")
    page = site.get("/review").text
    assert verdicts(page) == flagged[::-1]
    assert "free money" in page
    assert "<strong>Ann</strong> in a group" in page


def test_an_empty_queue_says_so(site: Site) -> None:
    assert "Nothing waits for you" in site.get("/review").text
    assert "Nothing was flagged yet" in site.get("/review?show=all").text


def test_a_long_queue_has_pages(site: Site) -> None:
    flagged = flag(site, *(f"{chr(97 + i) * 9} spam" for i in range(PAGE_SIZE + 1)))
    first = site.get("/review").text
    older = re.findall(r'href="(/review\?[^"]*before=\d+)"', first)[0].replace("&amp;", "&")
    assert verdicts(first) + verdicts(site.get(older).text) == flagged[::-1]
    assert "before=" not in site.get(older).text


def test_a_decision_is_stored_with_its_moderator(site: Site) -> None:
    [verdict] = flag(site, "good morning")
    answer = site.post(f"/review/{verdict}", is_spam="false")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?show=open")
    with reading(site.engine) as session:
        correction = session.scalars(select(Correction)).one()
    assert (correction.actor, correction.actor_name, correction.is_spam) == ("web:ann", "ann", False)
    assert correction.state == CorrectionState.ACCEPTED


def test_what_is_decided_leaves_the_queue_and_stays_under_all(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true")
    assert verdicts(site.get("/review").text) == []
    page = site.get("/review?show=all").text
    assert verdicts(page) == [verdict]
    assert "says ann" in page


def test_a_dispute_is_shown(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true")
    given.corrected(site.engine, verdict, "telegram:1", False)
    assert "<strong>disputed</strong>" in site.get("/review").text


def test_a_decision_has_telegrams_message_deleted(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true", show="all")
    assert {kind.value for kind in given.values(site.engine, Action.kind)} == {"notify", "amend", "delete", "ban"}


def test_deciding_an_unknown_verdict_is_not_found(site: Site) -> None:
    answer = site.post("/review/999999", is_spam="true")
    assert answer.status_code == 404
    assert "There is no verdict 999999." in answer.text


def test_ham_drawn_for_audit_is_shown_and_decided_there(site: Site) -> None:
    drawn = given.verdict(site.engine, given.version(site.engine), score=0.1, audit_share=1.0)
    assert verdicts(site.get("/review?show=audit").text) == [drawn]
    answer = site.post(f"/review/{drawn}", is_spam="false", show="audit")
    assert answer.headers["location"] == "/review?show=audit"
    assert verdicts(site.get("/review?show=audit").text) == []


def test_where_the_shadow_disagrees_the_champions_verdict_is_decided(site: Site) -> None:
    (flagged,) = flag(site, "buy now")
    given.shadowed(site.engine, given.in_shadow(site.engine), 0.1)
    page = site.get("/review?show=disagreements").text
    assert verdicts(page) == [flagged]
    assert "not spam (0.10)" in page


@pytest.mark.parametrize("show", ["open", "all", "audit", "disagreements"])
def test_an_empty_queue_says_what_it_is_for(site: Site, show: str) -> None:
    assert '<section class="notice" id="nothing">' in site.get(f"/review?show={show}").text


def test_a_shadows_verdict_is_neither_shown_nor_decided(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    of_the_shadow = given.shadowed(site.engine, given.in_shadow(site.engine), 0.9)
    assert verdicts(site.get("/review?show=all").text) == [verdict]
    assert site.post(f"/review/{of_the_shadow}", is_spam="false").status_code == 404


@pytest.mark.parametrize("is_spam", ["nonsense", "", "2"])
def test_a_decision_that_says_nothing_is_refused(site: Site, is_spam: str) -> None:
    [verdict] = flag(site, "buy now")
    answer = site.post(f"/review/{verdict}", is_spam=is_spam)
    assert answer.status_code == 422
    assert "is_spam is missing or wrong" in answer.text
    assert count(site.engine, "corrections") == 0


def test_a_decision_leads_nowhere_else(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    answer = site.post(f"/review/{verdict}", is_spam="true", show="https://evil.example")
    assert answer.headers["location"] == "/review?show=open"


def test_texts_and_names_are_escaped_in_the_queue(site: Site) -> None:
    evil = given.incoming(EVIL, author_name=EVIL, chat_title=EVIL)
    verdict = given.verdict(site.engine, given.version(site.engine), evil)
    given.corrected(site.engine, verdict, EVIL, False)
    page = site.get("/review?show=all").text
    assert EVIL not in page
    assert EVIL.title() not in page
    assert page.count(ESCAPED) >= 3


@pytest.mark.parametrize("path", ["/chat/lines/{}", "/review?before={}"])
def test_an_id_out_of_range_is_refused(site_on_both: Site, path: str) -> None:
    assert site_on_both.get(path.format(10**20)).status_code < 500


def test_a_verdict_out_of_range_is_refused(site_on_both: Site) -> None:
    assert site_on_both.post(f"/review/{10**20}", is_spam="true").status_code < 500


@pytest.mark.parametrize("path", ["/review?show=everything", "/review/6"])
def test_a_card_says_what_is_known_of_the_author_and_where_that_moves_the_thresholds(site: Site, path: str) -> None:
    model = given.version(site.engine)
    given.regular(site.engine, model)
    assert given.verdict(site.engine, model, given.incoming("buy"), 0.97, shifts=shifts({})) == 6
    shown = site.get(path).text
    assert "a regular: review from 0.99, act from 0.999 ·" in shown


# What surrounds every answer


@pytest.mark.parametrize("path", ["/nowhere", "/chat/lines/999999", "/static/nothing.js", "/static/../app.py"])
def test_an_unknown_page_is_a_page(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert "There is no such page." in answer.text


def test_the_root_leads_to_the_queue(stranger: Site) -> None:
    assert stranger.get("/").headers["location"] == "/review"


def test_a_wrong_method_is_refused(site: Site) -> None:
    assert site.client.delete("/review").status_code == 405


def test_more_than_a_megabyte_is_refused(site: Site) -> None:
    answer = site.say("x" * 1_000_001)
    assert answer.status_code == 413
    assert "at most 1 MB" in answer.text
    assert count(site.engine, "messages") == 0


def test_a_body_of_unknown_length_is_refused(site: Site) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"text=hello"

    assert site.client.post("/chat", content=pieces()).status_code == 411


@pytest.mark.parametrize("length", ["-5", "nonsense", "1e3"])
def test_a_nonsense_length_is_refused(site: Site, length: str) -> None:
    answer = site.client.post("/chat", content=b"text=hello", headers={"content-length": length})
    assert answer.status_code == 411


@pytest.mark.parametrize("path", ["/review", "/login", "/nowhere", "/health", "/static/style.css"])
def test_every_answer_keeps_itself_to_itself(site: Site, path: str) -> None:
    headers = site.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_refusals_keep_to_themselves_too(site: Site) -> None:
    answer = site.say("x" * 1_000_001)
    assert "content-security-policy" in answer.headers


def test_pages_are_not_kept_by_browsers_and_static_files_are(site: Site) -> None:
    assert site.get("/review").headers["cache-control"] == "no-store"
    assert site.get("/static/chat.js").headers["cache-control"] == "max-age=3600"


def test_no_template_holds_what_the_policy_blocks() -> None:
    assert with_scripts(Path(review.__file__).parent / "templates") == []


def test_health_needs_no_login_and_counts_what_waits(stranger: Site) -> None:
    given.received(stranger.engine, given.incoming())
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["waiting"]) == (200, "not judging", 1)
    assert "no model version serves" in answer.json()["problems"][0]


def test_health_is_ok_where_a_version_with_its_files_serves(stranger: Site, add_version: AddVersion) -> None:
    add_version(stranger.engine)
    app = site_on(stranger.engine.url.render_as_string(hide_password=False))  # of this test's own home
    with Site(app, app.state.engine).client as client:
        assert client.get("/health").json() == {"status": "ok", "waiting": 0, "problems": []}
    app.state.engine.dispose()


@pytest.mark.parametrize("path", ["/health", "/review", "/login?token=x"])
def test_a_database_that_is_away_is_said_in_words(path: str) -> None:
    app = site_on("postgresql://ann:s3cret@127.0.0.1:1/x")
    site = Site(app, app.state.engine)
    site.client.cookies.set("hamlet_session", "anything")
    answer = site.get(path)
    app.state.engine.dispose()
    assert answer.status_code == 503
    assert "The database cannot be reached right now." in answer.text
    assert "s3cret" not in answer.text
