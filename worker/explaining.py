"""Answers "Why?": explains the texts of waiting questions with the version that serves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import structlog
from sqlalchemy import Engine

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from storage.moderation import explanations
from storage.moderation.explanations import LONGEST_EXAMPLE, LabelledExample, Question
from storage.session import reading, transaction
from worker.models import Serving

AT_ONCE = 4  # questions answered between two batches; each takes tenths of a second, or a second with new examples

log = structlog.get_logger()


def answer_waiting(engine: Engine, serving: Serving) -> int:
    """Answer up to AT_ONCE waiting questions. Returns how many. Raises DatabaseUnreachable."""
    with reading(engine) as session:
        questions = explanations.waiting(session, AT_ONCE)
    for question in questions:
        with reading(engine) as session:
            examples = explanations.labelled_examples(session, without=question.verdict_id)
        answer = explained(serving.classifier, question, examples)
        with transaction(engine) as session:
            explanations.answer(session, question.verdict_id, serving.name, **answer)
    return len(questions)


def explained(classifier: SpamClassifier, question: Question, examples: list[LabelledExample]) -> dict[str, Any]:
    """The answer as it is stored, or an error where the classifier fails on the text."""
    try:
        explanation = asdict(classifier.explain(question.text))
        nearest = classifier.nearest(question.text, [example.text for example in examples])
    except TextError as error:
        return {"error": str(error)}
    except Exception as error:  # whatever it is, no question may wait for ever
        log.exception("verdict could not be explained", verdict=question.verdict_id)
        return {"error": f"{type(error).__name__}: {error}"}
    return explanation | {"nearest": [_similar(examples[i], cosine) for i, cosine in nearest]}


def _similar(example: LabelledExample, cosine: float) -> dict[str, Any]:
    text = example.text[:LONGEST_EXAMPLE]
    return {"chat": example.chat_id, "text": text, "is_spam": example.is_spam, "similarity": cosine}
