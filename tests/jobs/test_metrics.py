"""The port for Prometheus: what it answers, who may be slow, and what happens where the port cannot be had."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from jobs import metrics
from jobs.entry_point import settings_refusal
from jobs.heartbeat import LONGEST_SILENCE_SECONDS, Heartbeat
from jobs.metrics import OFFSETS, Watch
from jobs.metrics_server import Server
from jobs.settings import JobsSettings
from tests.processes import free_port

Serve = Callable[..., Server]


def settings(home: Path, process: str = "worker", port: int | None = None, host: str = "127.0.0.1") -> JobsSettings:
    """With a base from which this process's port is a free one."""
    chosen = free_port() if port is None else port
    return JobsSettings(home=home, metrics_port=chosen - OFFSETS[process], metrics_host=host)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    servers: list[Server] = []

    def start(process: str = "worker", hindrances: metrics.Hindrances | None = None) -> Server:
        server = metrics.serve(process, settings(tmp_path, process), hindrances)
        assert server is not None
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def get(server: Server, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{server.server_port}{path}", trust_env=False, timeout=10)


def test_without_a_port_nothing_listens(tmp_path: Path) -> None:
    assert metrics.serve("worker", JobsSettings(home=tmp_path)) is None


@pytest.mark.parametrize("process", list(OFFSETS))
def test_every_process_has_a_port_and_tells_its_name_and_memory(serve: Serve, process: str) -> None:
    answer = get(serve(process), "/metrics").raise_for_status()
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert process in {sample.labels["process"] for sample in families["hamlet_process_info"].samples}
    assert families["process_resident_memory_bytes"].samples[0].value > 1_000_000


def test_no_two_processes_share_a_port() -> None:
    assert sorted(OFFSETS.values()) == list(range(len(OFFSETS)))


def test_every_process_that_beats_has_a_port() -> None:
    assert set(LONGEST_SILENCE_SECONDS) | {"review"} == set(OFFSETS)


def test_what_can_be_judged_is_ready(serve: Serve) -> None:
    answer = get(serve(hindrances=list), "/readyz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_what_cannot_be_judged_is_503_with_every_reason(serve: Serve) -> None:
    answer = get(serve(hindrances=lambda: ["no version", "no room"]), "/readyz")
    assert (answer.status_code, answer.text) == (503, "no version\nno room\n")


def test_a_process_that_cannot_know_has_no_readiness(serve: Serve) -> None:
    server = serve()
    assert [get(server, path).status_code for path in ("/readyz", "/", "/metrics/x", "/healthz")] == [
        404,
        404,
        404,
        200,
    ]


def test_a_question_that_fails_is_answered_and_the_next_one_too(serve: Serve) -> None:
    def broken() -> list[str]:
        raise ZeroDivisionError

    server = serve(hindrances=broken)
    assert [get(server, path).status_code for path in ("/readyz", "/metrics")] == [500, 200]


def test_a_client_that_says_nothing_holds_nobody_up(serve: Serve) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", server.server_port)):
        assert get(server, "/healthz?x=1").status_code == 200


def test_a_port_in_use_is_said_once_and_the_process_goes_on(tmp_path: Path) -> None:
    with socket.socket() as other, capture_logs() as logged:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert metrics.serve("worker", settings(tmp_path, port=other.getsockname()[1])) is None
    (line,) = logged
    assert line["log_level"] == "warning"
    assert line["event"] == "no metrics: their port cannot be used"


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host", "x" * 70 + ".example"])
def test_an_address_that_is_not_ours_is_said_too(tmp_path: Path, host: str) -> None:
    with capture_logs() as logged:
        assert metrics.serve("worker", settings(tmp_path, host=host)) is None
    assert [line["log_level"] for line in logged] == ["warning"]


# A loop that stands still


def test_a_loop_that_stood_still_is_not_well(tmp_path: Path) -> None:
    clock = iter([0.0, 10.0, 61.0, 62.0]).__next__
    watch = Watch("worker", JobsSettings(home=tmp_path), clock)
    assert watch.silence() is None, "it has just started"
    assert watch.silence() == "worker has shown no sign of life yet"
    Heartbeat("worker", JobsSettings(home=tmp_path)).beat()
    assert watch.silence() is None


def test_the_site_has_no_loop_to_watch(tmp_path: Path) -> None:
    assert Watch("review", JobsSettings(home=tmp_path), iter([0.0, 1e9]).__next__).silence() is None


# Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("METRICS_PORT", "-1"),
        ("METRICS_PORT", "70000"),
        ("METRICS_PORT", "http"),
        ("SENTRY_DSN", "sentry.example.org/1"),
        ("SENTRY_DSN", "https://sentry.example.org/1"),
        ("SENTRY_DSN", "https://s3cret@sentry.example.org"),
        ("SENTRY_DSN", "https://s3cret@sentry.example.org:port/1"),
        ("TRACES_URL", "collector.example.org:4318"),
        ("TRACES_URL", "http://collector.example.org:4318"),
        ("TRACES_URL", "http://collector.example.org:port/v1/traces"),
        ("TRACES_URL", "https://collector.example.org/v1/traces?key=s3cret"),
        ("TRACES_URL", "https://s3cret@collector.example.org/v1/traces"),
        ("TRACES_SHARE", "1.5"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_and_without_its_key(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"HAMLET_{name}", value)
    with pytest.raises(ValueError, match=name.lower()) as error:
        JobsSettings()
    sentence = settings_refusal(error.value)  # type: ignore[arg-type]  # pydantic's is a ValueError
    assert sentence.startswith(f"HAMLET_{name} ")
    assert "s3cret" not in sentence
