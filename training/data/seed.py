"""The default seed set: the SMS collection and the starter set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from training.data import datasets, sms
from training.data.datasets import Example
from training.data.downloads import Progress
from training.data.starter import read as read_starter

SMS_WEIGHT = 0.5  # of a message from 2006, where one of today weighs 1


def default(cache: Path, datasets_folder: Path | None, say: Progress) -> list[Example]:
    """Both, the SMS first. Raises DownloadError, and DatasetError where a file of the starter set was edited badly."""
    messages = datasets.read_sms(sms.fetch(cache, datasets_folder, say))
    return [*(replace(message, weight=SMS_WEIGHT) for message in messages), *read_starter()]
