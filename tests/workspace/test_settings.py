"""What `forecast.toml` of a workspace says is taken, shown, and refused where it cannot be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.errors import InputError
from forecast.workspace import Settings, read_settings

QUESTION = {"as_of": "2018-03-01", "model": "climatology"}


@pytest.fixture
def own(rivals: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rivals / "data", tmp_path / "ws" / "data")).parent


def write(root: Path, text: str) -> None:
    (root / "forecast.toml").write_text(text, encoding="utf-8")


def test_without_the_file_or_a_line_of_it_the_defaults_hold(own):
    assert read_settings(own) == Settings()
    write(own, 'schedule = "daily"\n')
    assert read_settings(own) == Settings(schedule="daily")


def test_a_new_workspace_has_one_that_can_be_read(tmp_path):
    root = fc.init(tmp_path / "ws")
    assert read_settings(root) == Settings(focal=("USA",))


def test_horizons_and_the_focal_state_are_those_of_the_file(own):
    write(own, 'focal = ["India"]\nhorizons = ["2w", 45]\n')
    assert fc.predict("IND-PAK", root=own, **QUESTION)["horizon_days"].tolist() == [14, 45]
    assert fc.predict("IND-PAK", root=own, horizons=30, **QUESTION)["horizon_days"].tolist() == [30]
    assert fc.rank(root=own, **QUESTION)["dyad"].tolist() == ["IND-PAK"]


def test_status_shows_them(own):
    write(own, 'focal = ["IND", "PAK"]\nhorizons = ["6m"]\nsources = []\nschedule = "weekly"\n')
    words = ["status", "--root", str(own)]
    text = CliRunner().invoke(main, words, catch_exceptions=False).stdout
    assert [line.split(maxsplit=1) for line in text.split("settings\n")[1].splitlines()] == [
        ["focal", "IND, PAK"], ["horizons", "180"], ["sources", "none"], ["schedule", "weekly"],
    ]  # fmt: skip
    shown = json.loads(CliRunner().invoke(main, [*words, "--format", "json"], catch_exceptions=False).stdout)
    assert shown["settings"]["focal"] == ["IND", "PAK"]


def test_status_says_what_is_stale(own, monkeypatch):
    text = CliRunner().invoke(main, ["status", "--root", str(own)], catch_exceptions=False).stdout
    assert text.startswith("stale  rivals.csv ends on ")
    monkeypatch.setattr("forecast.verbs.status.today", lambda: np.datetime64("2018-03-01"))
    assert fc.status(root=own)["stale"] == []


def test_all_problems_are_one_line(own):
    write(own, 'focal = "USA"\nhorizons = [0]\nsources = ["kremlin"]\nschedule = "hourly"\nmood = "good"\n')
    with pytest.raises(InputError) as refusal:
        fc.predict("IND-PAK", root=own, **QUESTION)
    said = str(refusal.value)
    assert said.startswith(f"{own / 'forecast.toml'}: ")
    for problem in (
        "focal: 'USA' is no list", "horizons: a horizon of 0 days is outside", "sources: 'kremlin' is not one of",
        "schedule: 'hourly' is not one of daily, weekly, monthly", "mood: is no setting",
    ):  # fmt: skip
        assert problem in said
    write(own, "focal = [")
    with pytest.raises(InputError, match="cannot be read as TOML"):
        read_settings(own)
