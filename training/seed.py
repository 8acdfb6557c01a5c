"""The seed set that every run starts from where no other is named: the SMS collection and the starter set."""

from __future__ import annotations

from dataclasses import replace

from training import datasets, sms
from training.datasets import Example
from training.downloads import Progress
from training.settings import TrainingSettings
from training.starter import read as read_starter

SMS_WEIGHT = 0.5  # what a message of 2006 counts beside one of today


def default(settings: TrainingSettings, say: Progress) -> list[Example]:
    """Both, the SMS first. Raises DownloadError, and DatasetError where a file of the starter set was edited badly."""
    messages = datasets.read_sms(sms.fetch(settings.cache, settings.datasets, say))
    return [*(replace(message, weight=SMS_WEIGHT) for message in messages), *read_starter()]
