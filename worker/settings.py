"""What the worker reads from the environment. Read once, when the process starts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs import processors

CONFIG = SettingsConfigDict(
    env_prefix="HAMLET_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
)


class WorkerSettings(BaseSettings):
    """HAMLET_WORKER_THREADS, HAMLET_WORKER_PRECISION, HAMLET_BATCH_SIZE, HAMLET_LEASE_SECONDS, HAMLET_AUDIT_SHARE."""

    model_config = CONFIG

    worker_threads: int = Field(
        default_factory=processors.count, ge=1, le=1024, description="Processor threads the classifier may use"
    )
    worker_precision: Literal["auto", "fp32", "bf16"] = Field(
        default="auto",
        description="Precision of the classifier's products; auto is bf16 where the processor is fast in it",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=1000,
        description="Messages judged as one batch; up to 16 times as many where full batches take less than a second",
    )
    lease_seconds: float = Field(
        default=30.0, ge=1.0, le=3600.0, description="How long a claimed batch waits before another worker may take it"
    )
    audit_share: float = Field(
        default=0.01,
        ge=0.0,
        le=1.0,
        description="Share of the messages judged ham that is drawn for a moderator to see",
    )
