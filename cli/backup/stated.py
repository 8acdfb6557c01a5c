"""The settings that are stated somewhere, without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from cli import settings
from jobs.redaction import ADDRESSES, secrets_in

SECRET_WORDS = ("TOKEN", "SECRET", "PASSWORD", "KEY")


def stated(environment: Mapping[str, str | None]) -> tuple[dict[str, str], list[str]]:
    """Our settings with their values, and the names of those that are left out because they hold a secret."""
    ours = {name: value for name, value in environment.items() if name in settings.names() and value}
    left_out = sorted(name for name, value in ours.items() if is_secret(name, value))
    return {name: value for name, value in sorted(ours.items()) if name not in left_out}, left_out


def is_secret(name: str, value: str) -> bool:
    """Whether the setting is a secret by its type or name, or an address with credentials in it, or what may be some."""
    if name in ADDRESSES and secrets_in(value):
        return True
    return name in _secret_names() or any(word in name for word in SECRET_WORDS) or _has_credentials(value)


def _has_credentials(value: str) -> bool:
    if "://" not in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:  # not an address that can be looked into
        return True
    return "@" in parts.netloc or bool(parts.query)


def _secret_names() -> set[str]:
    return {
        settings.PREFIX + name.upper()
        for kind in settings.CLASSES
        for name, field in kind.model_fields.items()
        if _holds_a_secret(field)
    }


def _holds_a_secret(field: FieldInfo) -> bool:
    return SecretStr.__name__ in repr(field.annotation)


def to_json(values: dict[str, str], left_out: list[str]) -> bytes:
    """As a member of a backup."""
    return json.dumps({"settings": values, "left_out": left_out}, indent=2).encode()


def from_json(content: bytes) -> tuple[dict[str, str], list[str]]:
    """Raises ValueError where it is none."""
    read = json.loads(content)
    try:
        values = {str(name): str(value) for name, value in read["settings"].items()}
        return values, [str(name) for name in read["left_out"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("its settings cannot be read") from error


def as_env(values: dict[str, str], left_out: list[str]) -> str:
    """As lines of a .env file: single quotes, and what has to be set anew as comments."""
    quoted = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in values.items()}
    lines = [f"{name}='{value}'" for name, value in quoted.items()] + [f"# {name}=" for name in left_out]
    return (
        "# Settings of the restored hamlet: copy to .env what holds here too, and set anew what is commented out.\n"
        + ("".join(f"{line}\n" for line in lines))
    )
