"""The error of a command, and the one place where a named error becomes a sentence on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from classifier.errors import ClassifierError
from jobs.entry_point import refuse, settings_refusal
from storage.errors import StorageError
from training.errors import TrainingError

FAILED = 1  # exit code of a command that could not do its work; wrong settings and wrong options have 2


class CommandError(Exception):
    """A command cannot do its work; the text says why and what to do."""


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """End the process with one sentence: exit code 1 for a named error, 2 for wrong settings.

    A reader that closes the pipe, such as `head`, is no error. Any other exception keeps its traceback.
    """
    try:
        yield
    except ValidationError as error:
        refuse(settings_refusal(error))
    except (CommandError, ClassifierError, StorageError, TrainingError) as error:
        refuse(str(error), FAILED)
    except BrokenPipeError:
        sys.exit(0)
