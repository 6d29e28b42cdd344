"""The schedules in deploy/ can be read, and what they call exists."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from forecast.cli.main import main
from forecast.errors import BusyError

TOP = Path(__file__).resolve().parent.parent
DEPLOY = TOP / "deploy"
SYSTEMD = DEPLOY / "systemd"
CRON = (DEPLOY / "cron" / "forecast").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load((DEPLOY / "github-actions" / "run.yml").read_text(encoding="utf-8"))


def unit(name: str) -> dict[str, list[tuple[str, str]]]:
    """Sections of a unit; a key may come several times."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (SYSTEMD / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.append((key, value))
    return found


def values(name: str, section: str, key: str) -> list[str]:
    return [value for found, value in unit(name)[section] if found == key]


def commands() -> list[str]:
    """Every command line of the program in a schedule."""
    cron = [line.split(maxsplit=6)[6] for line in CRON.splitlines() if re.match(r"\d", line)]
    lines = [part.strip() for line in cron for part in line.split(";")]
    lines += [value.lstrip("-") for value in values("forecast-run.service", "Service", "ExecStart")]
    lines += [step["run"] for step in WORKFLOW["jobs"]["run"]["steps"] if "forecast " in step.get("run", "")]
    return lines


@pytest.mark.parametrize("line", commands())
def test_every_command_names_a_verb_and_options_that_exist(line):
    program, *words = shlex.split(line)
    assert Path(program).name == "forecast"
    # Parsed for real, so an unknown option, a missing value or a stray argument is an error.
    with main.make_context("forecast", words) as top:
        verb, command, rest = main.resolve_command(top, [*top._protected_args, *top.args])
        with click.Context(command, info_name=verb, parent=top) as context:
            command.parse_args(context, list(rest))


def test_every_schedule_runs_in_its_workspace_and_waits():
    verbs = [shlex.split(line)[3] for line in commands()[:3]]
    assert verbs == ["run"] * 3
    assert all(" --root " in line and " --wait " in line for line in commands()[:3])


def test_the_line_of_cron_has_its_fields_and_a_user():
    (line,) = [line for line in CRON.splitlines() if re.match(r"\d", line)]
    *fields, user, _ = line.split(maxsplit=6)
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in fields)
    assert user == "forecast"
    assert "%" not in line  # cron reads it as the end of the line
    assert CRON.endswith("\n")  # and leaves a last line without one out


def test_the_units_can_be_read_and_the_service_is_shut_in():
    for name in ("forecast-run.service", "forecast-run.timer"):
        configparser.ConfigParser(strict=False, interpolation=None).read_string((SYSTEMD / name).read_text("utf-8"))
    settings = dict(unit("forecast-run.service")["Service"])
    assert settings["Type"] == "oneshot"
    assert settings["ProtectSystem"] == "strict"
    assert settings["NoNewPrivileges"] == "true"
    assert settings["ReadWritePaths"] == settings["WorkingDirectory"] == "/srv/forecast"
    assert settings["SuccessExitStatus"] == str(BusyError.exit_code)
    assert values("forecast-run.timer", "Timer", "Persistent") == ["true"]


@pytest.mark.parametrize("name", ["forecast-run.service", "forecast-run.timer"])
def test_systemd_accepts_the_units_where_it_is_installed(name, tmp_path):
    """Where it is not, the file at least names only settings that this test has seen accepted."""
    program = shutil.which("systemd-analyze")
    shutil.copytree(SYSTEMD, tmp_path / "units")
    known = {line.partition("=")[0] for line in KNOWN.split()}
    assert {key for settings in unit(name).values() for key, _ in settings} <= known
    if program is not None:
        done = subprocess.run(
            [program, "verify", str(tmp_path / "units" / name)], capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        # That the program is not installed in /opt here is no fault of the unit.
        faults = [line for line in said.splitlines() if name in line and "is not executable" not in line]
        assert faults == []


KNOWN = """
Description Documentation Wants After Type User Group WorkingDirectory ExecStart SuccessExitStatus TimeoutStartSec Nice
MemoryMax UMask ReadWritePaths ProtectSystem ProtectHome PrivateTmp PrivateDevices PrivateUsers PrivateMounts
ProtectProc ProcSubset ProtectClock ProtectHostname ProtectControlGroups ProtectKernelLogs ProtectKernelModules
ProtectKernelTunables NoNewPrivileges CapabilityBoundingSet AmbientCapabilities RestrictAddressFamilies
RestrictNamespaces RestrictRealtime RestrictSUIDSGID RemoveIPC LockPersonality SystemCallArchitectures SystemCallFilter
SystemCallErrorNumber Environment OnCalendar RandomizedDelaySec Persistent WantedBy
"""


def test_the_workflow_runs_one_at_a_time_and_keeps_what_it_made():
    # YAML reads the key "on" as a truth.
    assert [entry["cron"] for entry in WORKFLOW[True]["schedule"]] == ["17 3 1 * *"]
    assert WORKFLOW["concurrency"] == {"group": "run", "cancel-in-progress": False}
    assert WORKFLOW["permissions"] == {"contents": "read"}
    steps = WORKFLOW["jobs"]["run"]["steps"]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    (cache,) = [step["with"] for step in steps if "cache" in step.get("uses", "")]
    assert cache["path"].split() == ["mlruns", "forecast-log", "reports"]


def test_every_exit_code_that_a_scheduler_may_see_is_told():
    text = (TOP / "docs" / "how-to" / "retrain-on-a-schedule.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([\d, ]+) \|", text, flags=re.MULTILINE) == [
        "0",
        "2, 5",
        "3",
        "6, 7",
        "9",
        "10",
        "11",
        "12",
        "70",
        "137",
    ]
