"""Decided texts exported by the API: each once, in every format, from any moment on."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.models import Message
from storage.session import reading
from tests.review.api.program import Program, judge_once
from tests.review.api.samples import DETECTED
from tests.storage import given

pytestmark = pytest.mark.stories


def decided(program: Program, *texts: tuple[str, bool]) -> None:
    """Moderators' decisions about messages of a group, the first one said by two of them."""
    model = given.version(program.engine)
    for number, (text, is_spam) in enumerate(texts):
        verdict = given.verdict(program.engine, model, given.incoming(text, number))
        for who in ("ann", "bob")[: 2 - min(number, 1)]:
            given.corrected(program.engine, verdict, who, is_spam)


EVIL = '=1+1, "x"\nand more'


def test_an_export_holds_each_decided_text_once(program_on_both: Program) -> None:
    decided(program_on_both, (EVIL, True), ("lunch?", False))
    answer = program_on_both.get("/export")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["text"], line["label"]) for line in lines] == [(EVIL, "spam"), ("lunch?", "ham")]


def test_csv_is_harmless_to_a_spreadsheet(program: Program) -> None:
    decided(program, (EVIL, True), ("lunch?", False))
    rows = list(csv.DictReader(io.StringIO(program.get("/export", format="csv").text, newline="")))
    assert [(row["text"], row["label"]) for row in rows] == [(f"'{EVIL}", "spam"), ("lunch?", "ham")]


def test_text_files_hold_one_side_each(program: Program) -> None:
    decided(program, (EVIL, True), ("lunch?", False))
    assert program.get("/export", format="spam-txt").text == '=1+1, "x" and more\n'
    assert program.get("/export", format="ham-txt").text == "lunch?\n"


def test_detected_spam_has_the_fields_of_tg_spam(program: Program) -> None:
    decided(program, (EVIL, True), ("lunch?", False))
    (line,) = program.get("/export", format="detected-spam").text.splitlines()
    row = json.loads(line)
    assert set(row) == set(DETECTED)
    assert (row["text"], row["user_id"], row["user_name"]) == (EVIL, 7, "Ann")
    assert set(row["checks"][0]) == {"name", "spam", "details"}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_is_exported_can_be_imported(program: Program, kind: str) -> None:
    texts = [(EVIL, True), ("'=quoted", True), ("lunch?", False), ("-5", False)]
    decided(program, *texts)
    exported = program.get("/export", format=kind).text
    assert program.send("/import", exported, format=kind).json()["new"] == len(texts)
    with reading(program.engine) as session:
        stored = set(session.scalars(select(Message.text).where(Message.author_name == "")))
    assert stored == {text for text, _ in texts}


def test_an_export_pages_on(program: Program) -> None:
    program.send("/import", "".join(f"sample {n}\n" for n in range(1_200)), format="ham-txt")
    for _ in range(2):
        judged_again = judge_once(program.engine, given.version(program.engine, f"v{_ + 1}").id)
    assert judged_again < 1_000
    assert len(program.get("/export", format="ham-txt").text.splitlines()) == 1_200


def test_an_export_may_begin_at_a_moment(program: Program) -> None:
    decided(program, ("lunch?", False))
    for hours, lines in ((-1, 1), (1, 0)):
        since = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
        assert len(program.get("/export", since=since).text.splitlines()) == lines


@pytest.mark.parametrize("since", ["yesterday", "0", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"])
def test_a_moment_without_a_zone_is_refused(program: Program, since: str) -> None:
    assert program.get("/export", since=since).status_code == 422


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_first_and_the_last_moment_are_taken(program_on_both: Program, since: str) -> None:
    assert program_on_both.get("/export", since=since).status_code == 200


def test_disputed_and_withdrawn_corrections_are_not_exported(program: Program) -> None:
    model = given.version(program.engine)
    disputed, withdrawn = (given.verdict(program.engine, model, given.incoming(f"{n}", n)) for n in range(2))
    given.corrected(program.engine, disputed, "ann", True)
    given.corrected(program.engine, disputed, "bob", False)
    mine = program.post("/corrections", verdict_id=withdrawn, is_spam=True).json()["id"]
    program.client.delete(f"/corrections/{mine}")
    assert program.get("/export").text == ""
