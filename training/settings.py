"""What training reads from the environment. Read once, when a process starts."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from dotenv import dotenv_values
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from jobs import processors
from jobs.settings import ChatNumber, in_home
from training.data.defence_bounds import Defences
from training.fit.recipe import TrainConfig

LONGEST_DAYS = 36_500  # a century; dates do not reach much further


class TrainingSettings(BaseSettings):
    """Where training keeps what it downloads, what it may use, when it runs and what it may learn from."""

    model_config = SettingsConfigDict(
        env_prefix="HAMLET_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    cache: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("hamlet")),
        description="Folder of downloaded base models and data sets; safe to delete",
    )
    datasets: Path | None = Field(
        default=None, description="Folder that already holds SMSSpamCollection, instead of a download"
    )

    seed_data: Path | None = Field(
        default=None,
        description="Labelled file with columns text and label that every run starts from, instead of the SMS collection and "
        "the starter set",
    )

    @field_validator("cache", "datasets", "seed_data")
    @classmethod
    def _with_home(cls, folder: Path | None) -> Path | None:
        return folder and in_home(folder).resolve()

    training_threads: int = Field(
        default_factory=processors.count, ge=1, le=1024, description="Processor threads a fine-tuning run may use"
    )
    feature_cache_mb: int = Field(
        default=4_000, ge=0, description="Room for what the frozen blocks made of each text, in the cache; 0 keeps none"
    )
    scheduled_threads: int = Field(
        default_factory=lambda: max(1, processors.count() // 2),
        ge=1,
        le=1024,
        description="Processor threads a run of the schedule may use, so that verdicts stay quick",
    )
    retrain_corrections: int = Field(
        default=25, ge=1, description="New accepted corrections that start a run of the schedule"
    )
    retrain_days: float = Field(
        default=7.0, gt=0, le=LONGEST_DAYS, description="Days after which the schedule starts a run in any case"
    )
    shadow_messages: int = Field(
        default=500, ge=1, description="Messages a challenger judges beside the champion before it may serve"
    )
    shadow_hours: float = Field(
        default=24.0,
        ge=0,
        le=24 * LONGEST_DAYS,
        description="Hours after which fewer messages have to do; 0 does without a shadow",
    )
    retention_days: float | None = Field(
        default=None,
        gt=0,
        le=LONGEST_DAYS,
        description="Days after which texts, names and joins are erased; what moderators decided stays, without its author",
    )
    corrector_share: float = Field(
        default=0.2, gt=0, le=1, description="Share of the training examples that one person's corrections may be"
    )
    near_duplicates: int = Field(
        default=3, ge=1, description="Corrections of nearly the same text that are learned from"
    )
    half_life_days: float = Field(
        default=180.0, gt=0, le=LONGEST_DAYS, description="Days after which a correction counts half"
    )
    presumed_ham: int = Field(
        default=1_500,
        ge=0,
        le=100_000,
        description="Messages nobody objected to that a run learns as ham, at most; 0 does without",
    )
    rollback_false_positives: int = Field(
        default=5, ge=1, description="Flags undone by moderators since a promotion that bring back the version before"
    )
    rollback_hours: float = Field(
        default=48.0, ge=0, le=24 * LONGEST_DAYS, description="Hours after a promotion in which that is watched"
    )
    moderators_chat_id: ChatNumber | None = Field(
        default=None, description="Telegram chat that gets the notices; empty means the group itself"
    )
    base_model: str = Field(default="smollm2-135m", description="Published model that fine-tuning starts from")

    encoder: str = Field(
        default="multilingual-e5-small",
        description="Published sentence encoder that judges beside it; empty or none does without, for a deployment in English alone",
    )

    @field_validator("encoder")
    @classmethod
    def _without(cls, name: str) -> str:
        return "" if name.lower() == "none" else name

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Empty means the default everywhere but in HAMLET_ENCODER=, which does without."""
        file = getattr(dotenv_settings, "env_file", None)
        stated = {**(dotenv_values(file) if file else {}), **os.environ}.get("HAMLET_ENCODER")
        without = InitSettingsSource(settings_cls, {"encoder": ""} if stated == "" else {})
        return init_settings, without, env_settings, dotenv_settings, file_secret_settings

    @property
    def recipe(self) -> TrainConfig:
        """The default recipe on the models chosen here."""
        return TrainConfig(base_model=self.base_model, encoder=self.encoder)

    @property
    def defences(self) -> Defences:
        """The bounds of what a run may learn from."""
        return Defences(
            self.corrector_share,
            self.near_duplicates,
            half_life_days=self.half_life_days,
            presumed=self.presumed_ham,
        )
