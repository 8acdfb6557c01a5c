"""Labelled texts imported by the API: streamed, line by line, harmless to repeat."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from storage.learning import track_record, versions
from storage.lines import LONGEST_LINE
from storage.models import Correction, Message, MessageState
from storage.session import reading
from tests.conftest import count
from tests.review.api.program import Program, judge_once, learned
from tests.review.api.samples import BODIES, CSV, LABELS
from tests.storage import given

pytestmark = pytest.mark.stories


def judged(program: Program) -> None:
    judge_once(program.engine, given.version(program.engine).id)


@pytest.mark.parametrize("kind", BODIES)
def test_samples_are_judged_and_then_learned_from(program_on_both: Program, kind: str) -> None:
    answer = program_on_both.send("/import", BODIES[kind], format=kind)
    assert answer.json() == {"new": 2, "known": 0, "relabelled": 0, "refused": 0, "errors": []}
    assert learned(program_on_both) == []
    judged(program_on_both)
    assert [is_spam for _, is_spam in learned(program_on_both)] == LABELS[kind]


def test_a_correction_of_a_sample_names_the_client(program: Program) -> None:
    program.send("/import", CSV, format="csv")
    judged(program)
    with reading(program.engine) as session:
        assert set(session.scalars(select(Correction.actor))) == {"api:forum"}


def test_samples_ask_for_no_action(program: Program) -> None:
    program.send("/import", CSV, format="csv")
    judged(program)
    assert count(program.engine, "actions") == 0


@pytest.mark.parametrize("between", ["nothing", "judging"])
def test_importing_twice_is_importing_once(program_on_both: Program, between: str) -> None:
    program_on_both.send("/import", CSV, format="csv")
    if between == "judging":
        judged(program_on_both)
    answer = program_on_both.send("/import", CSV, format="csv")
    assert answer.json() | {"errors": []} == {"new": 0, "known": 2, "relabelled": 0, "refused": 0, "errors": []}
    assert (count(program_on_both.engine, "messages"), count(program_on_both.engine, "orders")) == (2, 2)


@pytest.mark.parametrize("judged_before", [True, False])
def test_another_label_replaces_the_first(program_on_both: Program, judged_before: bool) -> None:
    program_on_both.send("/import", "lunch at the prize", format="spam-txt")
    if judged_before:
        judged(program_on_both)
    answer = program_on_both.send("/import", "lunch at the prize", format="ham-txt")
    assert answer.json()["relabelled"] == 1
    if not judged_before:
        judged(program_on_both)
    assert learned(program_on_both) == [("lunch at the prize", False)]


def test_a_text_twice_in_a_file_is_one_sample(program: Program) -> None:
    answer = program.send("/import", "win\nwin\n", format="spam-txt").json()
    assert (answer["new"], answer["known"]) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "line", "reason"),
    [
        ("csv", "no label,", "neither spam nor ham"),
        ("csv", ",spam", "no text"),
        ("csv", "alone", "neither spam nor ham"),
        ("jsonl", "nonsense", "not JSON"),
        ("jsonl", "[" * 100_000, "not JSON"),
        ("jsonl", "[]", "not a JSON object"),
        ("jsonl", '{"text": 1, "label": "spam"}', "no text"),
        ("jsonl", '{"text": "a", "label": "eggs"}', "neither spam nor ham"),
        ("jsonl", '{"text": "a"}', "neither spam nor ham"),
        ("jsonl", '{"text": " ", "label": "spam"}', "no text"),
        ("detected-spam", '{"Text": "a"}', "no text"),
        ("spam-txt", "x" * 200_001, "longer than 200,000 characters"),
        ("spam-txt", "x" * (LONGEST_LINE + 1), "longer than 1,000,000 bytes"),
    ],
)
def test_a_line_without_a_sample_is_named_and_the_rest_is_taken(
    program: Program, kind: str, line: str, reason: str
) -> None:
    first, *rest = BODIES[kind].splitlines()
    answer = program.send("/import", "\n".join([first, line, *rest]), format=kind).json()
    assert (answer["new"], answer["refused"]) == (2, 1)
    assert answer["errors"][0]["line"] == 2
    assert reason in answer["errors"][0]["reason"]


def test_a_line_that_is_not_utf8_is_named(program: Program) -> None:
    answer = program.send("/import", b"\xef\xbb\xbfwin\n\xff\xfe\nlose\n", format="spam-txt").json()
    assert (answer["new"], answer["errors"]) == (2, [{"line": 2, "reason": "the line is not UTF-8"}])


def test_csv_without_the_columns_is_refused_with_their_names(program: Program) -> None:
    answer = program.send("/import", "spam\twin\n", format="csv").json()
    assert (answer["new"], answer["refused"]) == (0, 1)
    assert "text and label" in answer["errors"][0]["reason"]


def test_a_text_of_several_lines_is_one_sample_in_csv(program: Program) -> None:
    assert program.send("/import", 'label,text\nspam,"one\ntwo"\n', format="csv").json()["new"] == 1
    with reading(program.engine) as session:
        assert session.scalars(select(Message.text)).one() == "one\ntwo"


def test_no_more_than_a_thousand_errors_are_listed(program: Program) -> None:
    answer = program.send("/import", "nonsense\n" * 1_500, format="jsonl").json()
    assert (answer["refused"], len(answer["errors"])) == (1_500, 1_000)


def test_a_stream_is_taken_as_it_arrives(program_on_both: Program) -> None:
    parts = (f"sample {number}\nand half of ".encode() for number in range(2_000))
    answer = program_on_both.client.post(
        "/import?format=ham-txt", content=parts, headers={"content-type": "text/plain"}
    )
    assert answer.json()["new"] == 2_001
    assert count(program_on_both.engine, "messages") == 2_001


def test_a_client_that_goes_away_breaks_nothing_and_may_come_again(program: Program) -> None:
    body = "".join(f"sample {number}\n" for number in range(600))
    events = [{"type": "http.request", "body": body.encode(), "more_body": True}, {"type": "http.disconnect"}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return events.pop(0) if len(events) > 1 else events[0]

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/import",
        "query_string": b"format=ham-txt",
        "scheme": "http",
        "headers": [(b"authorization", program.client.headers["authorization"].encode())],
    }
    asyncio.run(program.client.app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert count(program.engine, "messages") == 500
    assert program.send("/import", body, format="ham-txt").json()["new"] == 100


def test_an_empty_body_is_refused(program: Program) -> None:
    assert program.send("/import", b"", format="csv").status_code == 422


def test_an_unknown_content_type_is_refused_with_the_known_ones(program: Program) -> None:
    answer = program.send("/import", CSV, "application/xml", format="csv")
    assert answer.status_code == 415
    assert "text/csv" in answer.json()["detail"]


def test_nul_in_a_sample_is_replaced(program_on_both: Program) -> None:
    for _ in range(2):
        program_on_both.send("/import", b"win\0win\n", format="spam-txt")
    with reading(program_on_both.engine) as session:
        assert session.scalars(select(Message.text)).one() == "win\ufffdwin"


def test_imported_ham_that_was_flagged_rolls_no_version_back(program: Program) -> None:
    program.send("/import", "".join(f"the prize of lunch {n}\n" for n in range(10)), format="ham-txt")
    judged(program)
    with reading(program.engine) as session:
        champion = versions.champion(session)
        assert champion is not None
        assert track_record.false_positives_since_promotion(session, champion) == 0


def test_samples_that_failed_keep_their_label_for_later(program: Program) -> None:
    program.send("/import", "win\n", format="spam-txt")
    with program.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE messages SET state = '{MessageState.FAILED}'")
    program.send("/import", "win\n", format="ham-txt")
    assert count(program.engine, "actions") == 0
    with program.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE messages SET state = '{MessageState.PENDING}'")
    judged(program)
    assert learned(program) == [("win", False)]
