"""Spans as OpenTelemetry keeps and sends them. With `jobs/traced_jobs.py` the only file that imports it.

The provider is our own and never the process's global one: libraries with instrumentation of their own, FastAPI among
them, would begin to send addresses and errors' messages through that.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import MutableMapping, Sequence
from contextvars import Token
from importlib.metadata import version
from types import TracebackType

import requests
import structlog
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.semconv.attributes.db_attributes import DB_SYSTEM_NAME
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from jobs.traces import Attributes, End, Kind

SECONDS_FOR_A_BATCH = 3.0  # a container that is stopped has ten
LONGEST_QUEUE, LARGEST_BATCH = 2_048, 512  # spans; further ones are dropped
SECONDS_BETWEEN_BATCHES = 5.0
KINDS = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
PARENT = TraceContextTextMapPropagator()  # W3C's `traceparent`

log = structlog.get_logger()


class Kept:
    """One span, begun when it is made. It is current between `__enter__` and `end`."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self._token: Token[Context] | None = None

    def __enter__(self) -> Kept:
        self._token = context.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end(kind)

    def end(self, error: type[BaseException] | None = None) -> None:
        """It is over, perhaps by an error, whose type alone is kept."""
        if error is not None:
            self.fail(f"{error.__module__}.{error.__qualname__}")
        if self._token is not None:
            context.detach(self._token)
        self._span.end()

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def attribute(self, name: str, value: str | int) -> None:
        self._span.set_attribute(name, value)

    def fail(self, kind: str) -> None:
        self._span.set_attribute(ERROR_TYPE, kind)
        self._span.set_status(StatusCode.ERROR)

    def send_along(self, headers: MutableMapping[str, str]) -> None:
        """Name it in a message's headers, as the parent of what the message sets off."""
        PARENT.inject(headers, trace.set_span_in_context(self._span))


class OurSpans:
    """The spans of this process."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("hamlet", version("hamlet"))

    def span(self, name: str, kind: Kind, attributes: Attributes, traceparent: object = None) -> Kept:
        """The child of the one that `traceparent` names, of the current one, or the first of a trace."""
        parent = PARENT.extract({"traceparent": traceparent}) if isinstance(traceparent, str) else None
        return Kept(self._tracer.start_span(name, parent, KINDS[kind], attributes))

    def is_within_one(self) -> bool:
        return trace.get_current_span().is_recording()

    def statement(self, name: str, system: str) -> End | None:
        """Begin the span of a statement; None outside every other span."""
        return self.span(name, "client", {DB_SYSTEM_NAME: system}).end if self.is_within_one() else None


class Watched(SpanExporter):
    """Says once that spans do not arrive, and again only after some did; holds no end of a process up."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_away = self._is_ending = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._is_away and self._is_ending:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        self._is_away = result is not SpanExportResult.SUCCESS
        return result

    def is_ending(self) -> None:
        """From now on, one batch that fails is the last that is tried."""
        self._is_ending = True

    def shutdown(self) -> None:
        self._exporter.shutdown()


class OnceAnOutage(logging.Handler):
    """Takes the library's own lines: the first one of an outage becomes a warning of ours, the others nothing."""

    def __init__(self, address: str) -> None:
        super().__init__(logging.WARNING)
        self._address = address
        self._was_said = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self._was_said:
            self._was_said = True
            log.warning("traces do not arrive; the process goes on", address=self._address, reason=record.getMessage())


def exported(process: str, address: str, share: float) -> OurSpans:
    """Spans of this process, sent to the address from a thread; `share` of the traces that begin here is kept."""
    resource = Resource.create({"service.name": f"hamlet-{process}", "service.version": version("hamlet")})
    provider = TracerProvider(ParentBased(TraceIdRatioBased(share)), resource, shutdown_on_exit=False)
    session = requests.Session()
    session.trust_env = False  # no proxy, no .netrc
    exporter = Watched(OTLPSpanExporter(address, timeout=SECONDS_FOR_A_BATCH, session=session))
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter,
            max_queue_size=LONGEST_QUEUE,
            schedule_delay_millis=SECONDS_BETWEEN_BATCHES * 1_000,
            max_export_batch_size=LARGEST_BATCH,
        )
    )
    atexit.register(_end, provider, exporter)
    library = logging.getLogger("opentelemetry")
    library.handlers, library.propagate = [OnceAnOutage(address)], False
    return OurSpans(provider)


def _end(provider: TracerProvider, exporter: Watched) -> None:
    exporter.is_ending()
    provider.shutdown()
