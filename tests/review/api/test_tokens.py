"""Who may ask the API, for what, how often, and how it refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from storage.access import clients
from storage.models import Client, Scope
from storage.session import transaction
from tests.review.api.conftest import Join
from tests.review.api.program import Program
from tests.review.site import site_on
from tests.storage import given

OPERATIONS = [
    ("POST", "/classify", Scope.CLASSIFY),
    ("POST", "/classify/batch", Scope.CLASSIFY),
    ("GET", "/messages", Scope.READ),
    ("GET", "/messages/1", Scope.READ),
    ("GET", "/verdicts", Scope.READ),
    ("GET", "/verdicts/1", Scope.READ),
    ("POST", "/corrections", Scope.CORRECT),
    ("DELETE", "/corrections/1", Scope.CORRECT),
    ("GET", "/models", Scope.READ),
    ("GET", "/models/v1", Scope.READ),
    ("GET", "/quality", Scope.READ),
    ("POST", "/import?format=csv", Scope.IMPORT),
    ("GET", "/export", Scope.EXPORT),
]


def test_every_operation_is_listed_here(program: Program) -> None:
    paths = program.get("/openapi.json").json()["paths"]
    assert sum(len(methods) for methods in paths.values()) == len(OPERATIONS)


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_without_a_token_nothing_is_answered(program: Program, method: str, path: str, scope: Scope) -> None:
    for header in ({"Authorization": ""}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = program.client.request(method, path, headers=header)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_every_operation_needs_its_scope(join: Join, method: str, path: str, scope: Scope) -> None:
    others = [other for other in Scope if other != scope and (path != "/messages/1" or other != Scope.CLASSIFY)]
    answer = join("other", *others).client.request(method, path)
    assert answer.status_code == 403
    assert scope in answer.json()["detail"]
    assert join("mine", scope).client.request(method, path).status_code not in (401, 403)


def test_a_revoked_token_opens_nothing(program: Program) -> None:
    assert program.get("/models").status_code == 200
    with transaction(program.engine) as session:
        clients.revoke(session, "forum")
    assert program.get("/models").status_code == 401


def test_a_login_cookie_is_no_token(program: Program) -> None:
    answer = program.client.get("/models", headers={"Authorization": "", "Cookie": "hamlet_session=a"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_whoever_asks_too_often_is_told_how_long_to_wait(join: Join) -> None:
    program = join("eager", Scope.READ, rate=3)
    with transaction(program.engine) as session:  # as if the minute had just begun
        session.execute(update(Client).values(minute=0))
    statuses = [program.get("/models").status_code for _ in range(8)]
    assert statuses[:3] == [200] * 3
    assert 429 in statuses
    answer = program.get("/models")
    if answer.status_code == 429:  # another minute may have begun
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.json()["type"] == "urn:hamlet:problem:rate-limit"


def test_another_client_is_not_slowed_down(join: Join) -> None:
    eager, calm = join("eager", Scope.READ, rate=1), join("calm", Scope.READ)
    for _ in range(3):
        eager.get("/models")
    assert calm.get("/models").status_code == 200


def test_a_body_that_says_it_is_too_large_is_refused(program: Program) -> None:
    answer = program.send("/classify", b"x" * 8_000_001, "application/json")
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:hamlet:problem:too-large")


def test_a_body_that_does_not_say_how_large_it_is_is_counted(program: Program) -> None:
    answer = program.client.post(
        "/classify", content=(b"x" * 1_000_000 for _ in range(9)), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:hamlet:problem:too-large")


def test_while_too_many_messages_wait_no_more_are_taken(program: Program, sqlite_address: str) -> None:
    given.version(program.engine)
    busy = Program(site_on(sqlite_address, pending_limit=3), program.engine, "busy")
    imported = busy.send("/import", b"one spam\ntwo spam\nthree spam\nfour spam\n", format="spam-txt")
    refused = busy.send("/import", b"another spam\n", format="spam-txt")
    assert (imported.status_code, refused.status_code) == (200, 429)
    answers = [busy.post("/classify", text=f"hello {number}", deadline_ms=0) for number in range(5)]
    assert [answer.status_code for answer in answers] == [202] * 4 + [429], "imported ones delay no live message"
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["type"] == "urn:hamlet:problem:rate-limit"
    assert "More than 3 messages wait" in answers[-1].json()["detail"]
    batch = busy.post("/classify/batch", messages=[{"text": "hello"}], deadline_ms=0)
    assert batch.status_code == 429
    assert busy.get("/models").status_code == 200, "what asks for no verdict is answered"


def test_an_import_has_a_limit_of_its_own(program: Program, sqlite_address: str) -> None:
    app = site_on(sqlite_address, import_mb=1)
    small = Program(app, program.engine, "small")
    line = b"a text that is spam\n"
    for body in (line * 60_000, (line * 10_000 for _ in range(6))):
        answer = small.client.post("/import?format=spam-txt", content=body, headers={"content-type": "text/plain"})
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:hamlet:problem:too-large")
    assert small.send("/import", line * 10_000, format="spam-txt").status_code == 200
    app.state.engine.dispose()


@pytest.mark.parametrize(
    "path",
    ["/nothing", "", "/", "/models/a%0Ab", "/models/a/b", "/messages/0", "/messages/x", "/messages/9007199254740993"],
)
def test_wrong_addresses_are_problems_and_never_pages(program: Program, path: str) -> None:
    answer = program.get(path)
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_another_version_of_the_api_is_a_problem_too(program: Program) -> None:
    answer = program.client.get("http://testserver/api/v2/models")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_wrong_method_is_told_the_right_one(program: Program) -> None:
    answer = program.client.put("/models")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.json()["type"] == "urn:hamlet:problem:method-not-allowed"


def test_a_database_out_of_reach_is_a_problem(tmp_path: object) -> None:
    from fastapi.testclient import TestClient

    app = site_on("postgresql://nobody@127.0.0.1:1/nothing")
    client = TestClient(app, "http://testserver/api/v1", raise_server_exceptions=False)
    answer = client.get("/models", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:hamlet:problem:database-unreachable")
    assert "127.0.0.1" not in answer.text
    app.state.engine.dispose()


def test_the_document_is_open_to_all(program: Program) -> None:
    assert program.client.get("/openapi.json", headers={"Authorization": ""}).status_code == 200
