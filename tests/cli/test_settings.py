"""Settings as people meet them: the example file is complete, misspelt names are met."""

from __future__ import annotations

import re
from pathlib import Path

from cli import settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def test_the_example_names_every_setting_and_no_other() -> None:
    listed = re.findall(r"^# (HAMLET_\w+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(settings.names())


def test_the_example_states_the_defaults() -> None:
    stated = dict(re.findall(r"^# (HAMLET_\w+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    for kind in settings.CLASSES:
        for name, field in kind.model_fields.items():
            if stated[settings.PREFIX + name.upper()]:
                assert stated[settings.PREFIX + name.upper()] == str(field.default)


def test_a_misspelt_setting_is_named_with_the_nearest_one() -> None:
    assert settings.unknown({"HAMLET_PROT": "1", "PATH": "/bin"}) == [
        "HAMLET_PROT is not a setting (did you mean HAMLET_PORT?)"
    ]


def test_known_settings_are_not_met() -> None:
    assert settings.unknown(dict.fromkeys(settings.names(), "1")) == []
