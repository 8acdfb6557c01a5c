"""A secret that is set is in no repr, error, log line, page, metric or backup."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import REGISTRY, CollectorRegistry
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from sqlalchemy import Engine

from actions.settings import OutboundSettings
from cli import settings
from cli.backup import making
from jobs import entry_point, redaction
from jobs.metrics_server import Answers
from review.monitoring import DatabaseFigures
from storage import addresses
from storage.shared_models import ModelsUnreachable
from tests.jobs import scripts
from tests.review.site import Site, site_on

NEEDLE = "sw0rdf1sh"  # in every secret here
SECRETS = {
    "HAMLET_TELEGRAM_TOKEN": f"123456:{NEEDLE}-token",
    "HAMLET_TELEGRAM_WEBHOOK_SECRET": f"{NEEDLE}-of-telegram",
    "HAMLET_WEBHOOK_URL": f"https://example.org/{NEEDLE}",
    "HAMLET_WEBHOOK_SECRET": f"{NEEDLE}-signs-what-is-sent",
    "HAMLET_SECOND_OPINION_URL": f"https://example.org/{NEEDLE}/v1",
    "HAMLET_SECOND_OPINION_KEY": f"{NEEDLE}-key",
    "HAMLET_SENTRY_DSN": f"https://{NEEDLE}@sentry.example.org/1",
}
ADDRESSES = {
    "HAMLET_DATABASE_URL": f"postgresql://ann:{NEEDLE}@127.0.0.1:1/hamlet",
    "HAMLET_BROKER_URL": f"redis://:{NEEDLE}@127.0.0.1:1/0",
}
LONG = f"{NEEDLE}0123456789abcdef"  # as a token in a path
TOLERATED = {  # addresses that are no secret, but for what may be one in them
    "HAMLET_SPAMMER_LIST_URL": f"https://lists.example.org/{LONG}/v1",
    "HAMLET_MODELS_URL": f"s3://ann%3A:{NEEDLE}%21@bucket/hamlet?secret={NEEDLE}-query",
    "HAMLET_TRACES_URL": f"https://collector.example.org/{LONG}/v1/traces",
    "HAMLET_TELEGRAM_WEBHOOK_URL": f"https://bot.example.org/{LONG}",
}
OF_OTHERS = {
    "POSTGRES_PASSWORD": f"{NEEDLE}-of-postgres",
    "PGPASSWORD": f"{NEEDLE}-of-libpq",
    "AWS_SECRET_ACCESS_KEY": f"{NEEDLE}/of+aws",
    "AWS_SESSION_TOKEN": f"{NEEDLE}-of-a-session",
}
IN_QUERIES = {  # which PostgreSQL and Redis take too, and no other variable repeats
    "HAMLET_DATABASE_URL": f"postgresql://127.0.0.1:1/hamlet?user=ann&password={NEEDLE}%2B1&sslmode=require",
    "HAMLET_BROKER_URL": f"redis://127.0.0.1:1/0?password={NEEDLE}+2",
}
ALL = SECRETS | ADDRESSES | TOLERATED | OF_OTHERS
WRONG = {
    "HAMLET_TELEGRAM_TOKEN": NEEDLE,
    "HAMLET_WEBHOOK_URL": f"http://example.org/{NEEDLE}",
    "HAMLET_WEBHOOK_SECRET": NEEDLE,
    "HAMLET_SECOND_OPINION_URL": f"http://example.org/{NEEDLE}",
    "HAMLET_SECOND_OPINION_KEY": f"{NEEDLE} with a space",
    "HAMLET_SENTRY_DSN": f"ftp://{NEEDLE}@sentry.example.org",
    "HAMLET_TRACES_URL": f"https://ann:{NEEDLE}@collector.example.org/v1/traces",
    "HAMLET_DATABASE_URL": f"mysql://ann:{NEEDLE}@host/hamlet",
    "HAMLET_BROKER_URL": f"amqp://:{NEEDLE}@host",
}
PAGES = (
    "/review",
    "/chats",
    "/models",
    "/quality",
    "/audit",
    "/webhooks",
    "/health",
    "/healthz",
    "/readyz",
    "/nowhere",
)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HAMLET_SECOND_OPINION_MODEL", "a-model")


def test_every_secret_setting_is_tried_here() -> None:
    fields = {name: field for kind in settings.CLASSES for name, field in kind.model_fields.items()}
    secret = {f"HAMLET_{name.upper()}" for name, field in fields.items() if "SecretStr" in repr(field.annotation)}
    assert secret == set(SECRETS)


def test_no_settings_show_a_secret(planted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ADDRESSES.items():
        monkeypatch.setenv(name, value)
    for kind in settings.CLASSES:
        read = kind()
        assert NEEDLE not in f"{read!r} {read}", kind


def refusal(kind: type[BaseSettings]) -> str:
    """The sentence for the terminal and what a traceback would say; nothing where the settings are right."""
    try:
        kind()
    except ValidationError as error:
        return f"{entry_point.settings_refusal(error)} {error}"
    return ""


@pytest.mark.parametrize("name", WRONG)
def test_no_refusal_of_a_wrong_value_repeats_it(planted: None, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, WRONG[name])
    refusals = [refusal(kind) for kind in settings.CLASSES]
    assert any(refusals)
    assert [words for words in refusals if NEEDLE in words] == []


def test_a_refusal_of_several_settings_together_repeats_none(planted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HAMLET_WEBHOOK_SECRET")
    words = refusal(OutboundSettings)
    assert "needs HAMLET_WEBHOOK_SECRET" in words
    assert NEEDLE not in words


SCRIPT = """
import os, logging, structlog
from jobs import logs
from jobs.settings import JobsSettings

logs.configure("worker", JobsSettings())
log = structlog.get_logger()
others = ("POSTGRES_PASSWORD", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
for value in (value for name, value in os.environ.items() if name.startswith("HAMLET_") or name in others):
    log.warning("a line", reason=f"refused by {value}", reasons=[f"tried {value}"])
    logging.getLogger("library").error("no answer from %s", value)
    try:
        raise OSError(f"lost {value}")
    except OSError:
        log.exception("a traceback")
"""


@pytest.mark.parametrize("planted_ones", [ALL, IN_QUERIES], ids=["all", "in queries"])
def test_no_log_line_shows_a_secret_whoever_words_it(tmp_path: Path, planted_ones: dict[str, str]) -> None:
    done = scripts.run(SCRIPT, tmp_path, **planted_ones)
    assert "refused by" in done.stdout
    assert "lost" in done.stderr
    assert NEEDLE not in done.stdout + done.stderr


def test_no_page_and_no_metric_shows_a_secret(planted: None, sqlite_engine: Engine) -> None:
    app = site_on(str(sqlite_engine.url))
    site = Site(app, sqlite_engine)
    site.log_in()
    for path in PAGES:
        answer = site.get(path)
        assert NEEDLE not in answer.text + str(answer.headers), path
    app.state.engine.dispose()
    of_the_database = CollectorRegistry()
    of_the_database.register(DatabaseFigures(sqlite_engine, lambda _: True))
    for registry in (REGISTRY, of_the_database):
        status, _, body = Answers(registry, lambda: None, None).to("/metrics", "")
        assert (status, NEEDLE in body.decode()) == (200, False)


def test_no_backup_holds_a_secret(home: Engine, planted: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (TOLERATED | OF_OTHERS).items():
        monkeypatch.setenv(name, value)
    made = making.back_up(tmp_path / "b.tar")
    assert NEEDLE.encode() not in made.path.read_bytes()
    assert set(made.left_out) >= {*SECRETS, *TOLERATED}
    assert NEEDLE not in " ".join(made.sentences)


@pytest.mark.parametrize("address", TOLERATED.values())
def test_no_error_about_the_models_address_repeats_its_secrets(address: str) -> None:
    said = str(ModelsUnreachable(address, "v1 cannot be copied there", OSError(f"no answer from {address}, {NEEDLE}!")))
    assert said.startswith("v1 cannot be copied there (no answer from ")
    assert f"{LONG}" not in said
    assert f"{NEEDLE}-query" not in said
    assert addresses.shown(address) in said


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("s3://bucket/hamlet", "s3://bucket/hamlet"),
        ("file:///home/somebody/a-folder-with-a-rather-long-name", None),
        ("https://api.cas.chat", "https://api.cas.chat"),
        ("https://ann@example.org:8443/v1?a=b#c", "https://…@example.org:8443/v1?…#…"),
        ("https://example.org/bot123456:ABC-DEF_ghi-JKLmnopqrs/x", "https://example.org/…/x"),
        ("https://[bad/", "…"),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_secret(address: str, shown: str | None) -> None:
    assert addresses.shown(address) == (shown or address)
    assert set(addresses.secrets_in(address)) == set(redaction.secrets_in(address))
    assert bool(addresses.secrets_in(address)) == (addresses.shown(address) != address)
