"""Words of the database that pages show, such as a mode's name or a state's, marked for the catalogue.

Templates look them up with `pgettext`, under the name of their table; a word that is not here is shown as it is.
"""

from __future__ import annotations

from review.language import pgettext_noop
from review.training_words import TRAINING_WORDS

WORDS = {
    "mode": (
        pgettext_noop("mode", "observe"),
        pgettext_noop("mode", "training"),
        pgettext_noop("mode", "soft"),
        pgettext_noop("mode", "enforce"),
    ),
    "strictness": (
        pgettext_noop("strictness", "cautious"),
        pgettext_noop("strictness", "normal"),
        pgettext_noop("strictness", "strict"),
    ),
    "role": (
        pgettext_noop("role", "operator"),
        pgettext_noop("role", "moderator"),
    ),
    "message": (
        pgettext_noop("message", "spam"),
        pgettext_noop("message", "failed"),
        pgettext_noop("message", "nothing to judge"),
        pgettext_noop("message", "held"),
        pgettext_noop("message", "joined"),
    ),
    "version": (
        pgettext_noop("version", "challenger"),
        pgettext_noop("version", "shadow"),
        pgettext_noop("version", "champion"),
        pgettext_noop("version", "retired"),
        pgettext_noop("version", "rejected"),
    ),
    "correction": (
        pgettext_noop("correction", "proposed"),
        pgettext_noop("correction", "accepted"),
        pgettext_noop("correction", "rejected"),
        pgettext_noop("correction", "disputed"),
        pgettext_noop("correction", "replaced"),
        pgettext_noop("correction", "withdrawn"),
        pgettext_noop("correction", "erased"),
        pgettext_noop("correction", "set aside"),
    ),
    "sanction": (
        pgettext_noop("sanction", "failed"),
        pgettext_noop("sanction", "cancelled"),
    ),
    "sign": (
        pgettext_noop("sign", "link"),
        pgettext_noop("sign", "forward"),
        pgettext_noop("sign", "bot mention"),
        pgettext_noop("sign", "picture"),
        pgettext_noop("sign", "video"),
        pgettext_noop("sign", "voice"),
        pgettext_noop("sign", "sticker"),
        pgettext_noop("sign", "story"),
        pgettext_noop("sign", "contact"),
        pgettext_noop("sign", "file"),
        pgettext_noop("sign", "deleted account"),
    ),
    "rule": (
        pgettext_noop("rule", "words"),
        pgettext_noop("rule", "address"),
        pgettext_noop("rule", "regex"),
    ),
    "event": (
        pgettext_noop("event", "decision"),
        pgettext_noop("event", "promotion"),
        pgettext_noop("event", "refusal"),
        pgettext_noop("event", "rollback"),
        pgettext_noop("event", "pause"),
        pgettext_noop("event", "resume"),
        pgettext_noop("event", "test"),
    ),
    "who": (
        pgettext_noop("who", "the schedule"),
        pgettext_noop("who", "the gate"),
        pgettext_noop("who", "the first run"),
        pgettext_noop("who", "nobody"),
    ),
    "pause": (pgettext_noop("pause", "too often wrong"),),
    "audit": (
        pgettext_noop("audit", "webhook"),
        pgettext_noop("audit", "history"),
        pgettext_noop("audit", "decision"),
        pgettext_noop("audit", "bulk decision"),
        pgettext_noop("audit", "rules"),
        pgettext_noop("audit", "lift"),
        pgettext_noop("audit", "ban"),
        pgettext_noop("audit", "ban for good"),
        pgettext_noop("audit", "mute"),
        pgettext_noop("audit", "login link"),
        pgettext_noop("audit", "login"),
        pgettext_noop("audit", "logout everywhere"),
        pgettext_noop("audit", "moderates no more"),
        pgettext_noop("audit", "setting"),
        pgettext_noop("audit", "trust"),
        pgettext_noop("audit", "untrust"),
        pgettext_noop("audit", "kill switch"),
        pgettext_noop("audit", "rescan"),
        pgettext_noop("audit", "reactions left"),
        pgettext_noop("audit", "promotion"),
        pgettext_noop("audit", "rollback"),
    ),
    "picture": (
        pgettext_noop("picture", "there is none any more"),
        pgettext_noop("picture", "not in time"),
        pgettext_noop("picture", "it is no whole picture"),
        pgettext_noop("picture", "decoding it takes too much memory"),
        pgettext_noop("picture", "reading it takes too much memory"),
        pgettext_noop("picture", "reading it took too long"),
        pgettext_noop("picture", "fetching it took too long"),
        pgettext_noop("picture", "reading it took more than 30 seconds"),
        pgettext_noop("picture", "reading it broke off 2 times"),
        pgettext_noop("picture", "its reader broke off"),
        pgettext_noop("picture", "it has more than 10 MB"),
        pgettext_noop("picture", "Telegram does not offer the file"),
        pgettext_noop("picture", "Telegram's answer is not understood"),
    ),
    "rescan": (pgettext_noop("rescan", "the worker did not finish a part of it in 5 attempts"),),
    **TRAINING_WORDS,
}
