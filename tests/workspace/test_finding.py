"""A notebook finds the workspace around it, or lays one out."""

from __future__ import annotations

import pytest

import forecast as fc
from forecast.errors import DataMissingError


def test_the_nearest_workspace_upwards_is_found(rivals):
    inner = rivals / "notebooks" / "deep"
    inner.mkdir(parents=True, exist_ok=True)
    assert fc.find_workspace(inner) == rivals.resolve()
    assert fc.find_workspace(rivals) == rivals.resolve()


def test_where_there_is_none_no_folder_is_made_by_surprise(tmp_path):
    with pytest.raises(
        DataMissingError, match=r"there is no workspace around .*: lay one out with 'forecast init DIR'"
    ):
        fc.find_workspace(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_names_the_workspace(rivals, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORECAST_ROOT", str(rivals))
    assert fc.find_workspace() == rivals.resolve()


def test_where_there_is_none_one_is_laid_out_once(tmp_path):
    made = fc.find_workspace(tmp_path, create=True)
    assert made == tmp_path.resolve() / "forecast-workspace"
    assert (made / "data" / "raw" / "venues.csv").is_file()
    (made / "data" / "raw" / "venues.csv").write_text("mine", encoding="utf-8")
    assert fc.find_workspace(tmp_path) == made, "the one made before"
    assert (made / "data" / "raw" / "venues.csv").read_text(encoding="utf-8") == "mine"
