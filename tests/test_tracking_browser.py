"""What MLflow's own pages show of a workspace, in a real browser; with FORECAST_RENEW the pictures of the tutorial."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import forecast as fc
from browser import Page, opened
from test_tracking_server import server
from tracked_workspaces import client_of, with_store

# Starts an MLflow server and a browser.
pytestmark = pytest.mark.slow

STATIC = Path(__file__).resolve().parent.parent / "docs" / "static"


@pytest.fixture(scope="module")
def pages(rivals, tmp_path_factory) -> Iterator[tuple[Page, str, str]]:
    """A browser, the address of a server for the workspace's own store, and the number of its experiment."""
    folder = tmp_path_factory.mktemp("shown")
    root = with_store(Path(shutil.copytree(rivals / "data", folder / "ws" / "data")).parent)
    fc.train(as_of="2017-01-01", root=root, track=True)
    fc.backtest(
        models=["climatology", "recurrence"], start="2012-01", end="2017-12", horizons=90, root=root, track=True
    )
    number = client_of(root).get_experiment_by_name("forecast").experiment_id
    (folder / "empty.html").write_text("<!DOCTYPE html><title>empty</title>", encoding="utf-8")
    with (
        server(folder, dict(os.environ), store=root / "mlruns" / "mlflow.db") as address,
        opened(folder / "empty.html", width=1500) as page,
    ):
        yield page, address, number


def shown(page: Page, address: str, *words: str) -> str:
    """Open an address, and give what a reader sees as soon as all words are there."""
    page.driver.get(address)
    for _ in range(120):
        text = page.text()
        if all(word in text for word in words):
            return text
        time.sleep(0.5)
    return page.text()


def keep(page: Page, name: str) -> None:
    """Renew a picture of the tutorial."""
    if os.environ.get("FORECAST_RENEW"):
        from selenium.webdriver import ActionChains, Keys

        # What MLflow says of itself stands before the table, and its assistant beside it.
        ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        time.sleep(1)
        page.ask(
            "[...document.querySelectorAll('button')].filter(b => /^close/i.test(b.ariaLabel)).map(b => b.click())"
        )
        time.sleep(2)
        page.driver.save_screenshot(str(STATIC / f"{name}.png"))


def test_the_runs_of_training_and_backtest_are_shown(pages):
    page, address, number = pages
    words = ("backtest meeting 2012-01-01", "train hazard meeting 2017-01-01")
    text = shown(page, f"{address}/#/experiments/{number}/runs", *words)
    assert [word for word in words if word not in text] == []
    assert "4 matching runs" in text, "a run of its own for each of the two models"
    keep(page, "mlflow-runs")


def test_the_registered_model_is_shown_with_its_alias(pages):
    page, address, _ = pages
    text = shown(page, f"{address}/#/models", "forecast-hazard-meeting", "trained")
    assert "forecast-hazard-meeting" in text
    assert "trained" in text
    keep(page, "mlflow-models")
