"""Traces: off by default, one trace from process to process, and not a word of anybody's in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import fresh
from tests.jobs import scripts
from tests.jobs.collector import Collector
from tests.servers import Broker

NEEDLE = "sw0rdf1sh"  # in whatever could be somebody's

SENDS = """
from jobs import monitoring, send, traces
from jobs.settings import JobsSettings

monitoring.start("bot", JobsSettings())
with traces.span("update on_message", "consumer"):
    send.act(7)
with traces.span("update on_order", "consumer"):
    send.classify()
"""
WORKS = f"""
import asyncio
from celery.worker import state
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from jobs import logs, monitoring
from jobs.app import app
from jobs.settings import JobsSettings
from storage import statements
from storage.models import Message
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from telegram_ui.requests import CountedRequest

settings = JobsSettings()
logs.configure("actions", settings)
monitoring.start("actions", settings, watch_statements=statements.watch)
engine = open_engine(StorageSettings().address)

async def call(address):
    async with CountedRequest() as request:
        await request.do_request(address + "/bot123456:{NEEDLE}/sendMessage?text={NEEDLE}", "POST")

@app.task(name="worker.act")
def act(verdict_id):
    with reading(engine) as session:
        session.scalars(select(Message).where(Message.text == "{NEEDLE}")).all()
    try:
        with transaction(engine) as session:
            session.execute(text("SELECT '{NEEDLE}' FROM {NEEDLE} WHERE x = :x"), dict(x="{NEEDLE}"))
    except Exception as error:
        print("refused", type(error).__name__)
    asyncio.run(call("BASE"))

@app.task(name="worker.classify")
def classify():
    state.should_stop = 0
    raise ValueError("cannot judge {NEEDLE}")

app.start(["--quiet", "worker", "--pool", "solo", "--queues", "QUEUES", "--hostname", "one@%h",
           "--without-gossip", "--without-mingle", "--without-heartbeat"])
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        yield server


@pytest.fixture
def worked(broker: Broker, collector: Collector, tmp_path: Path) -> Collector:
    """One process has sent two jobs, another has done both; what it sent to the collector."""
    settings = {
        "HAMLET_BROKER_URL": broker.url,
        "HAMLET_TRACES_URL": collector.url,
        "HAMLET_TRACES_SHARE": "1",
        "HAMLET_DATABASE_URL": fresh.sqlite(tmp_path / "h.sqlite3"),
    }
    scripts.run(SENDS, tmp_path, **settings)
    done = scripts.run(
        WORKS.replace("BASE", collector.base).replace("QUEUES", "actions,classify"), tmp_path, **settings
    )
    assert "refused" in done.stdout
    return collector


@pytest.mark.processes
def test_a_trace_goes_from_process_to_process_without_a_word_of_anybodys(worked: Collector) -> None:
    update, sent, task = (worked.one(name) for name in ("update on_message", "send worker.act", "worker.act"))
    assert (sent.parent, task.parent) == (update.number, sent.number)
    assert {update.trace, sent.trace, task.trace} == {task.trace}
    assert (update.process, sent.process, task.process) == ("hamlet-bot", "hamlet-bot", "hamlet-actions")
    within = {span.name for span in worked.spans() if span.parent == task.number}
    assert within == {"BEGIN", "SELECT messages", "SELECT", "sendMessage"}
    assert worked.one("SELECT messages").attributes == {"db.system.name": "sqlite"}
    assert worked.one("SELECT").attributes["error.type"] == "sqlite3.OperationalError"
    assert worked.one("sendMessage").attributes == {"http.response.status_code": 200}
    failed = worked.one("worker.classify")
    assert failed.attributes["error.type"] == "builtins.ValueError"
    assert {(span.message, span.events) for span in worked.spans()} == {("", 0)}
    assert not any(NEEDLE.encode() in body for body in worked.bodies)


SITE = f"""
from fastapi.testclient import TestClient
from jobs import monitoring
from jobs.settings import JobsSettings
from review.app import create_app
from review.settings import ReviewSettings
from storage import statements
from storage.settings import StorageSettings

monitoring.start("review", JobsSettings(), watch_statements=statements.watch)
app = create_app(StorageSettings(), ReviewSettings())

@app.get("/broken/{{name}}")
def broken(name: str):
    raise ValueError(name)

app.router.routes.insert(0, app.router.routes.pop())
client = TestClient(app, "http://testserver", raise_server_exceptions=False, follow_redirects=False)
parent = dict(traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
print(client.get("/login?token={NEEDLE}", headers=parent).status_code)
print(client.get("/{NEEDLE}/{NEEDLE}").status_code)
print(client.request("{NEEDLE.upper()}", "/healthz").status_code)
print(client.get("/api/v1/messages/{NEEDLE}?text={NEEDLE}").status_code)
print(client.get("/broken/{NEEDLE}").status_code)
"""


@pytest.mark.processes
def test_a_request_is_named_by_its_route_alone(collector: Collector, tmp_path: Path) -> None:
    address = fresh.sqlite(tmp_path / "h.sqlite3")
    site = {"HAMLET_DATABASE_URL": address, "HAMLET_TRACES_URL": collector.url, "HAMLET_TRACES_SHARE": "1"}
    scripts.run(SITE, tmp_path, **site)
    requests = [span for span in collector.spans() if "http.request.method" in span.attributes]
    assert [(span.name, span.attributes.get("http.response.status_code")) for span in requests] == [
        ("GET /login", 401),
        ("GET", 404),
        ("HTTP /healthz", 405),
        ("GET /api/v1/messages/{message_id}", 401),
        ("GET /broken/{name}", None),  # whoever answers an error that nobody expected stands outside the span
    ]
    assert requests[-1].attributes["error.type"] == "builtins.ValueError"
    assert [span.parent for span in requests] == [b""] * 5, "a client's own parent is not heeded"
    assert not any(NEEDLE.encode() in body.lower() for body in collector.bodies)


UPDATE = f"""
import asyncio
from telegram import Update
from bot.__main__ import build
from bot.context import Context
from bot.handlers import on_update
from bot.settings import BotSettings
from jobs import monitoring
from jobs.settings import JobsSettings
from storage import statements
from storage.settings import StorageSettings

monitoring.start("bot", JobsSettings(), watch_statements=statements.watch)
application = build(BotSettings(), StorageSettings(), JobsSettings())
person = dict(id=5, is_bot=False, first_name="{NEEDLE}", username="{NEEDLE}")
said = dict(message_id=1, date=1700000000, chat=dict(id=-1001, type="supergroup", title="{NEEDLE}"), text="{NEEDLE}")
update = Update.de_json(dict(update_id=3, message=said | {{"from": person}}), application.bot)

async def handle():
    try:
        await on_update(update, Context(application))
    except RuntimeError as error:  # the bot does not know its own name yet
        print("refused", error)

asyncio.run(handle())
"""


@pytest.mark.processes
def test_an_update_is_named_by_its_handler_alone(collector: Collector, tmp_path: Path) -> None:
    settings = {
        "HAMLET_TELEGRAM_TOKEN": f"123456:{NEEDLE}{'x' * 26}",
        "HAMLET_TELEGRAM_API_URL": collector.base,
        "HAMLET_DATABASE_URL": fresh.sqlite(tmp_path / "h.sqlite3"),
        "HAMLET_TRACES_URL": collector.url,
        "HAMLET_TRACES_SHARE": "1",
    }
    assert "refused" in scripts.run(UPDATE, tmp_path, **settings).stdout
    (update,) = collector.spans()
    assert (update.name, update.attributes) == ("update on_command", {"error.type": "builtins.RuntimeError"})
    assert not any(NEEDLE.encode() in body for body in collector.bodies)
