"""Having messages judged by the API: as all others are, by the worker, within a deadline or later."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from storage.access import clients
from storage.models import Chat, Message, Platform, Scope
from storage.session import reading, transaction
from storage.views import web_chat as chat_page
from tests.conftest import count
from tests.review.api.conftest import Join
from tests.review.api.program import Program, judge_once, judging
from tests.storage import given

PRIZE = "Free prize, call 09061701461"


def test_a_message_is_judged_within_the_deadline(program_on_both: Program) -> None:
    with judging(program_on_both.engine, given.version(program_on_both.engine).id):
        answer = program_on_both.post("/classify", text=PRIZE, deadline_ms=10_000)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["state"], body["verdict"]["is_spam"], body["verdict"]["model_version"]) == ("spam", True, "v1")
    assert body["verdict"]["score"] == pytest.approx(0.97)


def test_without_a_verdict_by_the_deadline_the_answer_says_where_it_will_be(program: Program) -> None:
    model = given.version(program.engine)
    answer = program.post("/classify", text=PRIZE, deadline_ms=30)
    assert answer.status_code == 202
    assert answer.headers["location"] == answer.json()["link"]
    assert (answer.json()["state"], answer.json()["verdict"]) == ("pending", None)
    judge_once(program.engine, model.id)
    later = program.client.get(f"http://testserver{answer.headers['location']}").json()
    assert (later["state"], later["verdict"]["is_spam"]) == ("spam", True)


def test_many_messages_are_answered_in_their_order(program_on_both: Program) -> None:
    texts = [f"{'prize' if number % 3 else 'lunch'} {number}" for number in range(256)]
    with judging(program_on_both.engine, given.version(program_on_both.engine).id):
        answer = program_on_both.post("/classify/batch", messages=[{"text": t} for t in texts], deadline_ms=10_000)
    assert answer.status_code == 200
    messages = answer.json()["messages"]
    assert [message["text"] for message in messages] == texts
    assert [message["state"] == "spam" for message in messages] == ["prize" in text for text in texts]


def test_more_than_256_messages_are_refused(program: Program) -> None:
    answer = program.post("/classify/batch", messages=[{"text": "a"}] * 257)
    assert answer.status_code == 422
    assert count(program.engine, "messages") == 0


def test_a_batch_without_verdicts_by_the_deadline_has_a_link_each(program: Program) -> None:
    answer = program.post("/classify/batch", messages=[{"text": "a"}, {"text": "b"}], deadline_ms=0)
    assert answer.status_code == 202
    links = [message["link"] for message in answer.json()["messages"]]
    assert [program.client.get(f"http://testserver{link}").json()["text"] for link in links] == ["a", "b"]


def test_the_same_id_is_the_same_message(program_on_both: Program) -> None:
    first, again = (program_on_both.post("/classify", text="a", id="post-1", deadline_ms=0).json() for _ in range(2))
    assert first["id"] == again["id"]
    assert count(program_on_both.engine, "messages") == 1


def test_the_same_text_without_an_id_is_another_message(program: Program) -> None:
    for _ in range(2):
        program.post("/classify", text="a", deadline_ms=0)
    assert count(program.engine, "messages") == 2


def test_an_id_used_for_another_text_is_a_conflict(program: Program) -> None:
    program.post("/classify", text="a", id="post-1", deadline_ms=0)
    answer = program.post("/classify", text="b", id="post-1", deadline_ms=0)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:hamlet:problem:conflict")
    assert "post-1" in answer.json()["detail"]


def test_two_clients_may_use_the_same_id(program: Program, join: Join) -> None:
    other = join("blog", Scope.CLASSIFY)
    program.post("/classify", text="a", id="1", deadline_ms=0)
    assert other.post("/classify", text="b", id="1", deadline_ms=0).json()["text"] == "b"


def test_a_client_has_a_web_chat_of_its_own(program: Program) -> None:
    program.post("/classify", text="a", author_name="Ann", deadline_ms=0)
    with reading(program.engine) as session:
        chat, author = session.execute(select(Chat, Message.author_name).join(Message)).one()
        number = clients.every(session)[0].id
    assert (chat.platform, chat.external_id, chat.title, author) == (Platform.WEB, number, "forum", "Ann")


def test_with_the_scope_classify_alone_a_client_sees_its_own_messages(program: Program, join: Join) -> None:
    other = join("blog", Scope.CLASSIFY)
    theirs = program.post("/classify", text="a", deadline_ms=0).json()["id"]
    mine = other.post("/classify", text="b", deadline_ms=0).json()["id"]
    assert other.get(f"/messages/{mine}").status_code == 200
    assert other.get(f"/messages/{theirs}").status_code == 404
    assert program.get(f"/messages/{mine}").status_code == 200


@pytest.mark.parametrize("body", [r'{"text": "a\ud800b", "deadline_ms": 0}', r'{"text": "a\u0000b", "deadline_ms": 0}'])
def test_what_no_database_holds_is_replaced(program_on_both: Program, body: str) -> None:
    answer = program_on_both.send("/classify", body, "application/json")
    assert answer.status_code == 202
    assert set(answer.json()["text"][1:-1]) == {"\ufffd"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"text": 1}',
        '{"text": "a", "deadline_ms": 10001}',
        '{"text": "a", "color": 1}',
        "[" * 100_000,
    ],
)
def test_what_is_no_request_is_a_problem(program: Program, body: str) -> None:
    answer = program.send("/classify", body, "application/json")
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_bytes_that_are_not_utf8_are_a_problem(program: Program) -> None:
    answer = program.send("/classify", b'{"text": "\xff"}', "application/json")
    assert answer.status_code in (400, 422)


def test_a_failed_message_says_why(program: Program) -> None:
    row = program.post("/classify", text="a", deadline_ms=0).json()["id"]
    with transaction(program.engine) as session:
        message = session.get_one(Message, row)
        message.state, message.error = "failed", "it broke"
    body = program.get(f"/messages/{row}").json()
    assert (body["state"], body["error"]) == ("failed", "it broke")


def test_messages_of_the_api_are_no_lines_of_the_chat_page(program: Program) -> None:
    program.post("/classify", text="a", deadline_ms=0)
    with reading(program.engine) as session:
        assert chat_page.lines(session) == []


def test_the_document_has_examples(program: Program) -> None:
    document = json.dumps(program.get("/openapi.json").json())
    assert "FREE USDT AIRDROP, connect your wallet" in document
    assert "application/problem+json" in document
