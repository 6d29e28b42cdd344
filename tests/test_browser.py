"""Without a browser its tests say what to install, and fail only where a browser is required."""

from __future__ import annotations

import shutil

import pytest

import browser


@pytest.mark.parametrize(
    ("present", "told"),
    [
        ([], "no chromium and no chromedriver"),
        (["chromedriver"], "no chromium:"),
        (["google-chrome"], "no chromedriver:"),
    ],
)
@pytest.mark.parametrize(("asked", "outcome"), [("", pytest.skip.Exception), ("required", pytest.fail.Exception)])
def test_a_missing_browser_is_named(monkeypatch, present, told, asked, outcome):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name in present else None)
    monkeypatch.setenv("FORECAST_BROWSER", asked)
    with pytest.raises(outcome, match=told) as raised:
        browser.programs()
    assert "apt-get install chromium chromium-driver" in str(raised.value)
