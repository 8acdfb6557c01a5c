"""What training reads from the environment. Read once, at the door."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class TrainingSettings(BaseSettings):
    """HAMLET_CACHE, HAMLET_DATASETS, HAMLET_TRAINING_THREADS, HAMLET_FEATURE_CACHE_MB, HAMLET_BASE_MODEL."""

    model_config = SettingsConfigDict(
        env_prefix="HAMLET_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    cache: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("hamlet")),
        description="Folder of downloaded base models and data sets; safe to delete",
    )
    datasets: Path | None = Field(
        default=None, description="Folder that already holds SMSSpamCollection, instead of a download"
    )

    @field_validator("cache", "datasets")
    @classmethod
    def _with_home(cls, folder: Path | None) -> Path | None:
        return folder and folder.expanduser().resolve()

    training_threads: int = Field(
        default=os.cpu_count() or 1, ge=1, le=256, description="Processor threads a fine-tuning run may use"
    )
    feature_cache_mb: int = Field(
        default=4_000, ge=0, description="Room for what the frozen blocks made of each text, in the cache; 0 keeps none"
    )
    base_model: str = Field(default="smollm2-135m", description="Published model that fine-tuning starts from")
