"""What operators copy: the systemd units, the services of containers, and the document's list of a chat's settings."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from cli import settings
from cli.app import app
from storage.models.chat_settings import ChatSettings

ROOT = Path(__file__).resolve().parents[1]
UNITS = ROOT / "docs" / "systemd"
WHOLE, WORKER = "hamlet.service", "hamlet-worker@.service"
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
CONFINED = (  # each of these is "yes"
    "LockPersonality",
    "PrivateDevices",
    "PrivateTmp",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHome",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RemoveIPC",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
)
NOT_CHOSEN = {"version", "rules_revision"}  # of the settings themselves


def section(unit: str) -> configparser.SectionProxy:
    """The unit's service."""
    read = configparser.RawConfigParser(strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive
    read.read(UNITS / unit)
    return read["Service"]


@pytest.fixture(params=[WHOLE, WORKER])
def service(request: pytest.FixtureRequest) -> configparser.SectionProxy:
    return section(request.param)


def test_every_unit_is_looked_at() -> None:
    assert {path.name for path in UNITS.iterdir()} == {WHOLE, WORKER}


def test_the_unit_starts_a_command_that_there_is() -> None:
    program, command = shlex.split(section(WHOLE)["ExecStart"])
    assert program.endswith("/.venv/bin/hamlet")
    assert command in {info.name or info.callback.__name__ for info in app.registered_commands if info.callback}


def test_the_workers_unit_starts_a_worker() -> None:
    program, *words = shlex.split(section(WORKER)["ExecStart"])
    assert program.endswith("/.venv/bin/python")
    assert words == ["-m", "worker"]
    assert (ROOT / "worker" / "__main__.py").is_file()


def test_a_worker_does_not_start_without_its_addresses() -> None:
    """Without them it would open a database of its own and wait at a broker that nobody runs."""
    assert section(WORKER)["EnvironmentFile"] == "/etc/hamlet-worker.env"  # a minus before it would make it optional


def test_the_units_name_settings_that_there_are() -> None:
    named = {name for path in UNITS.iterdir() for name in re.findall(r"HAMLET_\w+", path.read_text())}
    assert named - set(settings.names()) == set()


def test_both_units_are_confined_alike() -> None:
    own = {"ExecStart", "EnvironmentFile", "Restart"}
    whole, worker = ({name: unit[name] for name in unit if name not in own} for unit in map(section, (WHOLE, WORKER)))
    assert worker == whole


def test_the_unit_gives_no_rights_and_stops_no_machine_code(service: configparser.SectionProxy) -> None:
    assert service["CapabilityBoundingSet"] == ""
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert "MemoryDenyWriteExecute" not in service


def test_the_unit_is_confined_as_far_as_it_can_be(service: configparser.SectionProxy) -> None:
    assert service["User"] == "hamlet"
    assert {name for name in CONFINED if service.get(name) != "yes"} == set()
    assert service["SystemCallFilter"] == "@system-service"
    assert set(service["RestrictAddressFamilies"].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_container_is_no_root_and_can_gain_and_change_nothing(service: str) -> None:
    about = SERVICES[service]
    assert about["user"] in {"hamlet", "postgres", "valkey"}
    assert about["read_only"] is True
    assert about["cap_drop"] == ["ALL"]
    assert "cap_add" not in about
    assert about["security_opt"] == ["no-new-privileges:true"]
    assert not about.get("privileged")
    assert not {"network_mode", "pid", "ipc", "devices"} & about.keys()
    assert [volume for volume in about.get("volumes", []) if volume.startswith(("/", ".", "~"))] == []


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_container_listens_to_this_machine_alone(service: str) -> None:
    assert [port for port in SERVICES[service].get("ports", []) if not port.startswith("127.0.0.1:")] == []


def test_the_images_end_as_an_ordinary_user() -> None:
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[1:]
    assert [re.findall(r"^USER (\w+)", stage, flags=re.MULTILINE)[-1] for stage in stages] == ["hamlet", "hamlet"]


def test_images_are_published_under_a_name_in_small_letters(tmp_path: Path) -> None:
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / "images.yaml").read_text())["jobs"]["images"]["steps"]
    script = next(step["run"] for step in steps if step.get("id") == "lower")
    output = tmp_path / "output"
    environment = {"GITHUB_REPOSITORY": "An-Owner/Hamlet", "GITHUB_OUTPUT": str(output)}
    subprocess.run(["bash", "-e", "-c", script], env=environment, check=True)
    assert output.read_text() == "repository=an-owner/hamlet\n"
    assert steps[-1]["with"]["tags"].startswith("ghcr.io/${{ steps.lower.outputs.repository }}:")


def test_published_images_can_stand_in_for_those_built_here() -> None:
    images = {about["image"] for about in SERVICES.values() if "build" in about}
    assert images == {"${LIGHT_IMAGE:-hamlet:light}", "${TORCH_IMAGE:-hamlet:torch}"}


@pytest.mark.parametrize(("name", "instance"), [(WHOLE, WHOLE), (WORKER, "hamlet-worker@1.service")])
def test_systemd_understands_the_unit(tmp_path: Path, name: str, instance: str) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed here; the other tests read the unit")
    unit = tmp_path / instance
    unit.write_text(re.sub(r"/opt/hamlet/.venv/bin/\w+", "/bin/true", (UNITS / name).read_text()))
    found = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert [line for line in found.stderr.splitlines() if instance in line] == []


def test_every_field_of_a_chats_settings_is_in_the_document() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = text.split("## A chat's settings")[1].split("\n## ")[0]
    listed = set(re.findall(r"`([a-z_]+)`", "".join(line.split("|")[1] for line in table.splitlines() if "|" in line)))
    assert listed == set(ChatSettings.model_fields) - NOT_CHOSEN
