"""Pages opened in headless Chromium.

Where Chromium or its driver is missing, tests that need it are skipped and say what to install; with
``FORECAST_BROWSER=required`` in the environment, as in `.ci/run`, they fail instead.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: Programs in the order in which they are looked for.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"

#: Nothing but the page: no name is looked up, so nothing can leave the machine.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def programs() -> tuple[str, str]:
    """Paths of the browser and of its driver; without them the test ends here."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which(DRIVER)
    if browser is not None and driver is not None:
        return browser, driver
    lacking = [name for name, found in ((BROWSERS[0], browser), (DRIVER, driver)) if found is None]
    reason = f"no {' and no '.join(lacking)}: install them with 'apt-get install chromium chromium-driver'"
    if os.environ.get("FORECAST_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


class Page:
    """A page that a browser shows, and what it did meanwhile."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self._shown = str(driver.current_url)
        self._requests: list[str] = []

    def ask(self, script: str, *arguments: object) -> Any:
        """Value of a JavaScript expression; arguments are ``arguments[0]`` and so on."""
        return self.driver.execute_script(f"return {script}", *arguments)

    def texts(self, selector: str) -> list[str]:
        """What a reader sees of the elements of a CSS selector, with single spaces."""
        return [
            " ".join(text.split())
            for text in self.ask("[...document.querySelectorAll(arguments[0])].map(e => e.innerText)", selector)
        ]

    def text(self) -> str:
        """All that a reader sees."""
        return str(self.ask("document.body.innerText"))

    def resize(self, width: int, height: int = 900, *, phone: bool = False) -> None:
        """Show the page at a width in CSS pixels, as a phone does if asked."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def colours(self, scheme: str) -> None:
        """Ask for the light or the dark colours."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def beyond(self) -> list[str]:
        """Elements that reach over the right edge of the page, outside the boxes that scroll by themselves."""
        return list(
            self.ask(
                "[...document.querySelectorAll('body *')]"
                ".filter(e => !e.closest('svg') || e.tagName === 'svg')"
                ".filter(e => !e.parentElement.closest('.scroll'))"
                ".filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)"
                ".map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 40))"
            )
        )

    def wider_than_the_window(self) -> bool:
        """Whether a reader must scroll sideways to see all of the page."""
        return bool(self.ask("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def console(self) -> list[str]:
        """Messages of the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses asked for from the page itself on; those before it are the browser's own empty tab."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._requests.append(message["params"]["request"]["url"])
        return self._requests[self._requests.index(self._shown) :]

    def printed(self) -> bytes:
        """The page as a PDF, on the paper that its style sheet asks for."""
        done = self.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})
        return base64.b64decode(done["data"])

    def picture(self) -> bytes:
        """The whole page as a PNG."""
        asked = {"format": "png", "captureBeyondViewport": True}
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"])


@contextmanager
def opened(path: Path, *, width: int = 1280) -> Iterator[Page]:
    """Show a file in a fresh browser without a past."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    browser, driver = programs()
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},900"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        shown = webdriver.Chrome(options=options, service=Service(executable_path=driver))
        try:
            shown.get(path.resolve().as_uri())
            yield Page(shown)
        finally:
            shown.quit()
