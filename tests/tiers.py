"""How many examples of a law are drawn: all of them, or a fifth in `make test`, which sets FORECAST_TESTS."""

from __future__ import annotations

import os


def examples(most: int, *, least: int = 3) -> int:
    return max(most // 5, least) if os.environ.get("FORECAST_TESTS") == "quick" else most
