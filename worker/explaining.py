"""Answers why: for each question that waits, what the version that serves sees in the text."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import structlog
from sqlalchemy import Engine

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from storage.queries import explanations
from storage.queries.explanations import KnownExample, Question
from storage.session import reading, transaction
from worker.models import Serving

AT_ONCE = 4  # questions answered between two batches: each takes some tenths of a second, or one while examples are new
LONGEST_EXAMPLE = 400  # characters of a nearest example that are kept

log = structlog.get_logger()


def answer_waiting(engine: Engine, serving: Serving) -> int:
    """Answer some of the questions that wait. Returns how many. Raises DatabaseUnreachable."""
    with reading(engine) as session:
        asked = explanations.waiting(session, AT_ONCE)
    for question in asked:
        with reading(engine) as session:
            known = explanations.known_examples(session, without=question.verdict_id)
        said = explained(serving.classifier, question, known)
        with transaction(engine) as session:
            explanations.answer(session, question.verdict_id, serving.name, **said)
    return len(asked)


def explained(classifier: SpamClassifier, question: Question, known: list[KnownExample]) -> dict[str, Any]:
    """What is stored of the answer; a text that breaks the classifier has its reason instead."""
    try:
        found = asdict(classifier.explain(question.text))
        nearest = classifier.nearest(question.text, [example.text for example in known])
    except TextError as error:
        return {"error": str(error)}
    except Exception as error:  # whatever it is, no question may wait for ever
        log.exception("verdict could not be explained", verdict=question.verdict_id)
        return {"error": f"{type(error).__name__}: {error}"}
    return found | {
        "nearest": [
            {"text": known[i].text[:LONGEST_EXAMPLE], "is_spam": known[i].is_spam, "similarity": cosine}
            for i, cosine in nearest
        ]
    }
