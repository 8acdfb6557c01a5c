"""What programs read and decide: messages, verdicts, corrections, model versions, figures."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from storage.models import Action, Scope, Standing
from storage.odds import shifted, shifts
from storage.session import reading
from tests.conftest import count
from tests.review.api.conftest import Join
from tests.review.api.program import Program
from tests.storage import given


def flagged(engine: Engine, number: int = 3, score: float = 0.95) -> list[int]:
    """Verdicts on that many messages of a group."""
    model = given.version(engine)
    return [given.verdict(engine, model, given.incoming(f"text {n}", n), score) for n in range(number)]


def test_messages_are_paged_from_the_newest_on(program_on_both: Program) -> None:
    flagged(program_on_both.engine)
    first = program_on_both.get("/messages", limit=2).json()
    second = program_on_both.get("/messages", limit=2, before=first["next"]).json()
    texts = [message["text"] for page in (first, second) for message in page["messages"]]
    assert (texts, second["next"]) == (["text 2", "text 1", "text 0"], None)


def test_messages_of_one_state(program: Program) -> None:
    flagged(program.engine)
    program.post("/classify", text="a", deadline_ms=0)
    assert [m["text"] for m in program.get("/messages", state="pending").json()["messages"]] == ["a"]
    assert len(program.get("/messages", state="spam").json()["messages"]) == 3
    assert program.get("/messages", state="eggs").status_code == 422


def test_verdicts_are_paged_and_filtered(program_on_both: Program) -> None:
    model = given.version(program_on_both.engine)
    for number, score in enumerate((0.9, 0.1, 0.8)):
        given.verdict(program_on_both.engine, model, given.incoming(f"{number}", number), score)
    spam = program_on_both.get("/verdicts", label="spam").json()["verdicts"]
    ham = program_on_both.get("/verdicts", label="ham").json()["verdicts"]
    first = program_on_both.get("/verdicts", limit=1).json()
    assert ([v["score"] for v in spam], [v["score"] for v in ham]) == ([0.8, 0.9], [0.1])
    assert program_on_both.get("/verdicts", limit=5, before=first["next"]).json()["verdicts"] == [*ham, spam[1]]


def test_a_verdict_says_the_authors_standing_and_the_thresholds_it_moved(program: Program) -> None:
    model = given.version(program.engine)
    given.regular(program.engine, model)
    regulars = given.verdict(program.engine, model, given.incoming("buy"), 0.97, shifts=shifts({}))
    answer = program.get(f"/verdicts/{regulars}").json()
    assert (answer["score"], answer["standing"], answer["is_spam"]) == (0.97, "good", False)
    assert (answer["script"], answer["script_weight"], answer["score_without_names"]) == (None, 0.0, None)
    assert answer["review_threshold"] == pytest.approx(shifted(0.5, shifts({})[Standing.GOOD]))
    assert answer["act_threshold"] == pytest.approx(shifted(0.9, shifts({})[Standing.GOOD]))


def test_a_shadows_verdict_is_not_shown(program: Program) -> None:
    flagged(program.engine, 1)
    hidden = given.shadowed(program.engine, given.in_shadow(program.engine), 0.1)
    assert program.get(f"/verdicts/{hidden}").status_code == 404
    assert len(program.get("/verdicts").json()["verdicts"]) == 1


def test_an_edited_message_has_the_verdict_on_its_newest_words(program: Program) -> None:
    model = given.version(program.engine)
    given.verdict(program.engine, model, given.incoming("prize"), 0.9)
    given.verdict(program.engine, model, given.edited("lunch"), 0.1)
    (message,) = program.get("/messages").json()["messages"]
    assert (message["text"], message["verdict"]["is_spam"]) == ("lunch", False)


def test_a_correction_counts_as_a_moderators(program_on_both: Program) -> None:
    (verdict,) = flagged(program_on_both.engine, 1)
    answer = program_on_both.post("/corrections", verdict_id=verdict, is_spam=False)
    assert (answer.status_code, answer.json()["state"], answer.json()["actor_name"]) == (200, "accepted", "forum")
    shown = program_on_both.get(f"/verdicts/{verdict}").json()["corrections"]
    assert [(c["is_spam"], c["state"]) for c in shown] == [(False, "accepted")]


def test_a_correction_carries_its_note(program: Program) -> None:
    (verdict,) = flagged(program.engine, 1)
    program.post("/corrections", verdict_id=verdict, is_spam=False, note=" a known shop ")
    assert [c["note"] for c in program.get(f"/verdicts/{verdict}").json()["corrections"]] == ["a known shop"]


def test_a_correction_said_twice_is_one_and_said_anew_replaces(program: Program) -> None:
    (verdict,) = flagged(program.engine, 1)
    first, again = (program.post("/corrections", verdict_id=verdict, is_spam=True).json() for _ in range(2))
    anew = program.post("/corrections", verdict_id=verdict, is_spam=False).json()
    assert first["id"] == again["id"] != anew["id"]
    assert count(program.engine, "corrections", "state = 'accepted'") == 1


def test_clients_who_disagree_leave_it_disputed(program: Program, join: Join) -> None:
    (verdict,) = flagged(program.engine, 1)
    program.post("/corrections", verdict_id=verdict, is_spam=True)
    answer = join("blog", Scope.CORRECT).post("/corrections", verdict_id=verdict, is_spam=False)
    assert answer.json()["state"] == "disputed"


def test_a_correction_acts_in_a_group_as_a_moderators_does(program: Program) -> None:
    (verdict,) = flagged(program.engine, 1)
    program.post("/corrections", verdict_id=verdict, is_spam=True)
    with reading(program.engine) as session:
        assert {"delete", "ban"} <= set(session.scalars(select(Action.kind)))


def test_a_correction_is_taken_back_by_who_made_it_alone(program: Program, join: Join) -> None:
    (verdict,) = flagged(program.engine, 1)
    mine = program.post("/corrections", verdict_id=verdict, is_spam=True).json()["id"]
    assert join("blog", Scope.CORRECT).client.delete(f"/corrections/{mine}").status_code == 404
    assert program.client.delete(f"/corrections/{mine}").json()["state"] == "withdrawn"
    assert program.client.delete(f"/corrections/{mine}").status_code == 200


@pytest.mark.parametrize("path", ["/messages/7", "/verdicts/7", "/models/v7"])
def test_what_is_not_there_is_a_problem(program: Program, path: str) -> None:
    answer = program.get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert "7" in answer.json()["detail"]


def test_a_correction_of_no_verdict_is_a_problem(program: Program) -> None:
    assert program.post("/corrections", verdict_id=7, is_spam=True).status_code == 404
    assert program.client.delete("/corrections/7").status_code == 404


def test_model_versions_are_listed_with_the_gates_word(program: Program) -> None:
    given.version(program.engine)
    given.version(program.engine, "v2", promoted=False)
    listed = program.get("/models").json()["models"]
    assert [(m["name"], m["state"], m["gate"]) for m in listed] == [
        ("v2", "challenger", "not compared"),
        ("v1", "champion", "not compared"),
    ]
    assert program.get("/models/v1").json() == listed[1]


def test_quality_says_what_moderators_made_of_the_flags(program_on_both: Program) -> None:
    spam, undone, _open = flagged(program_on_both.engine)
    given.corrected(program_on_both.engine, spam, "ann", True)
    given.corrected(program_on_both.engine, undone, "ann", False)
    figures = program_on_both.get("/quality").json()
    assert [figures[name] for name in ("judged", "flagged", "confirmed", "false_positives", "missed_spam")] == [
        3,
        3,
        1,
        1,
        0,
    ]
    assert figures["precision"] == 0.5
    assert 0 < figures["precision_interval"]["low"] < 0.5 < figures["precision_interval"]["high"] < 1


def test_quality_without_decisions_has_no_precision(program: Program) -> None:
    figures = program.get("/quality", days=30, chat_id=5).json()
    assert (figures["judged"], figures["precision"], figures["precision_interval"]) == (0, None, None)
